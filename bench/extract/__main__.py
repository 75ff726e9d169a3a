"""The `make bench-extract` command: what the model of LLM_PROVIDER makes of the phone calls, and what that costs."""

import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping

import msgspec

from bench.extract.scoring import Stated, score
from bench.recall.asking import send
from bench.recall.corpora import facts, phone
from bench.recall.corpora.conversations import Call as SpokenCall
from bench.recall.corpora.conversations import Collection
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table
from events.errors import SettingsError
from projector.commands.settings import Settings
from projector.domain.calls import Call
from projector.domain.facts.validation.validate import validated
from projector.read_model.open import open_generations, open_read_model
from projector.read_model.protocol import ReadModel
from tests.support.model_sites import extractions
from tests.support.servers import Site

_calls = msgspec.json.Decoder(Call)
# What says whom to ask, and how.
_PREFIXES = ("LLM_", "EXTRACTION_")


def main() -> None:
    """Print what was found of the gold facts, what was refused and why, and what it cost in tokens, money and time."""
    collection = phone.load()
    gold = facts.load(collection.calls)
    # Without collected values, which are facts as well: what is measured is what the model says.
    chosen = [
        msgspec.structs.replace(call, collected={})
        for call in collection.calls
        if _name_of(call.conversation_id)[0] in gold
    ]
    played = msgspec.structs.replace(collection, calls=chosen)
    asked = {name: value for name, value in os.environ.items() if name.startswith(_PREFIXES)}
    site = Site(scratch_folder("extract"), **asked)
    try:
        settings = Settings.from_env(site.env)
    except SettingsError as error:
        sys.exit(str(error))
    if settings.models is None:
        sys.exit("LLM_PROVIDER is not set: there is nobody to ask. docs/learning.md says whom you can")
    seconds = _asked(site, played)
    generations = open_generations(site.read_model)
    with open_read_model(generations) as read_model:
        stated, rejected = _stated(read_model, played, settings)
        callers = {name: some[0].caller for name, some in _by_name(played).items()}
        current = {name: _current(read_model, caller) for name, caller in callers.items()}
    found = score(gold, stated, current)
    model = f"{settings.models.provider.kind} {settings.models.provider.model}".strip()
    table = Table(f"{model}: {len(chosen)} phone calls, {found.gold} gold facts", *("", "share", "of"))
    table.add("precision: statements that agree with the gold", found.precision, found.stated)
    table.add("recall: gold facts that were stated", found.recall, found.gold)
    table.add("update accuracy: changes told rightly at the end", found.update_accuracy, found.updates)
    table.show()
    reasons = Table("Statements that do not count", "reason", "statements")
    for reason, count in rejected.most_common():
        reasons.add(reason, count)
    reasons.show()
    _show_cost(site, settings, seconds)


def _asked(site: Site, collection: Collection) -> float:
    """Append the calls, have all of them asked about, and return the seconds that took."""
    with site.ingress():
        asks = {name: site.env.pop(name) for name in [*site.env] if name.startswith("LLM_")}
        with site.projector():
            send(site, collection)
        site.env |= asks
    began_s = time.monotonic()
    done = site.run("projector", "extract", check=False)
    seconds = time.monotonic() - began_s
    print(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        print(site.run("projector", "failures", check=False).stdout)
    return seconds


def _by_name(collection: Collection) -> dict[str, list[SpokenCall]]:
    found: dict[str, list[SpokenCall]] = defaultdict(list)
    for call in collection.calls:
        found[_name_of(call.conversation_id)[0]].append(call)
    return found


def _name_of(conversation_id: str) -> tuple[str, int]:
    """Return the name of the caller of a phone call, and its number."""
    name, _, number = conversation_id.removeprefix("phone_").rpartition("_")
    return name, int(number)


def _stated(
    read_model: ReadModel, collection: Collection, settings: Settings
) -> tuple[dict[str, dict[int, list[Stated]]], Counter[str]]:
    registry = settings.projection.fold.registry()
    found: dict[str, dict[int, list[Stated]]] = defaultdict(dict)
    rejected: Counter[str] = Counter()
    for call in collection.calls:
        extracted = read_model.extracted(call.conversation_id)
        if extracted is None or extracted.extraction is None:
            continue
        read = validated(extracted.extraction.answer, _calls.decode(extracted.call.body), registry)
        rejected.update(each.reason for each in read.rejected)
        name, number = _name_of(call.conversation_id)
        found[name][number] = [
            Stated(about=each.about, attribute=each.attribute, value=each.value, content=each.content)
            for each in read.statements
        ]
    return found, rejected


def _current(read_model: ReadModel, caller: str) -> list[Stated]:
    memories = read_model.facts(caller)
    told = [memory.fact for memory in memories if memory.is_current]
    return [Stated(about=each.about, attribute=each.attribute, value=each.value) for each in told if each]


def _show_cost(site: Site, settings: Settings, seconds: float) -> None:
    said = extractions(site)
    if not said:
        sys.exit("no call was answered")
    tokens_in = sum(each.usage.input_tokens for each in said)
    tokens_out = sum(each.usage.output_tokens for each in said)
    cost = settings.asking.cost(tokens_in, tokens_out)
    table = Table("What it took", "", "a call", "all")
    rows: Mapping[str, float] = {
        "tokens in": tokens_in,
        "tokens out": tokens_out,
        "seconds of the provider": sum(each.latency_ms for each in said) / 1000,
        f"seconds, {settings.asking.concurrency} at a time": seconds,
        **({"money, by LLM_PRICE_*": cost} if cost is not None else {}),
    }
    for name, value in rows.items():
        table.add(name, value / len(said), float(value))
    table.show()
    for outcome, count in Counter(each.finish_reason for each in said).items():
        print(f"{outcome}: {count}")


if __name__ == "__main__":
    main()
