"""`projector explain`: where a memory comes from, what proves it, and why a search ranks it where it does."""

import sys
from collections.abc import Mapping
from functools import partial

import click
import msgspec
from msgspec import UNSET, Struct

from events.open_log import open_log_there
from events.process import logging
from events.process.command import FOUND_SOMETHING, echo_json, say
from events.process.environment import Environment
from events.process.screen.lines import Screen
from events.process.settings.shared import POST_CALL_KEYS
from events.process.terminal import count_of
from events.wire.caller import caller_key
from events.wire.shared_secrets import Secrets
from events.wire.timezone import UTC_NAME
from projector.commands.settings import Settings
from projector.domain.days import spoken_date, spoken_moment
from projector.domain.facts.statement import CALLER
from projector.domain.memories import FactDetails, FactSource, Memory
from projector.engines.open import Engines
from projector.engines.open_meaning import open_meaning
from projector.read_model.open import open_generations, open_read_model, vector_reader
from projector.read_side.facts import when_so
from projector.read_side.reader import ReadModelReader
from projector.read_side.story.explanation import UNVERIFIED, VERIFIED, WRONG, Explanation, Proof, explain
from projector.read_side.story.ranking import Ranked, ranked

_SIGNATURES = {
    VERIFIED: ("ok", "ElevenLabs signed exactly these bytes"),
    WRONG: ("wrong", "no secret of ELEVENLABS_POST_CALL_KEY proves the signature"),
    UNVERIFIED: ("skipped", "not checked: ELEVENLABS_POST_CALL_KEY is not set here"),
}

# Nobody is on the line.
_MEANING_S = 10.0
_SENSITIVE = "sensitive: an agent is told it for a question about it, and with SENSITIVE=withhold never"
_HELD = {
    "words": "in its words",
    "question": "in what the agent had asked",
    "surroundings": "around it: in the turns beside it, the call or its day",
    "nothing": "not found",
}


class ExplainSettings(Struct, frozen=True):
    """The projector's settings, and the secrets that prove what ElevenLabs sent; there may be none."""

    projector: Settings
    post_call_keys: Secrets

    @classmethod
    def from_env(cls, variables: Mapping[str, str], *, needs_engine: bool) -> "ExplainSettings":
        """Read them; raises `SettingsError` as `Settings.from_env` does."""
        env = Environment(variables)
        keys = POST_CALL_KEYS.read(env, required=False)
        env.check()
        return cls(Settings.from_env(variables, needs_engine=needs_engine), keys)


def explain_memory(settings: ExplainSettings, memory_id: str, *, is_json: bool) -> None:
    """Print where a memory comes from; exit 1 where there is none with that id, or its proof does not hold."""
    log = open_log_there(settings.projector.log_location)
    with open_read_model(open_generations(settings.projector.memories_location)) as read_model:
        registry = settings.projector.projection.fold.registry()
        found = explain(read_model, log, memory_id, settings.post_call_keys, registry)
    if found is None:
        say(
            "projector", f"there is no memory {memory_id!r}: `projector explain --search` lists ids, and so does `dump`"
        )
        sys.exit(FOUND_SOMETHING)
    if is_json:
        echo_json(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        _print(found, where=str(log))
    if not all(map(_holds, _proofs(found))):
        sys.exit(FOUND_SOMETHING)


def explain_search(
    settings: Settings, number: str, query: str, *, agent_id: str | None, limit: int, is_json: bool
) -> None:
    """Print what a search finds, best first, and what each word of the question adds; exit 1 if it finds nothing."""
    logging.configure(level="error")
    caller = caller_key(number, region=settings.projection.region)
    if caller is None:
        raise click.UsageError(f"{number!r} is neither a phone number nor a key such as user:... or whatsapp:...")
    engine_settings, memories = settings.projection.engine, settings.memories_location
    meaning = None
    if engine_settings.may_use_meaning:
        meaning = open_meaning(partial(vector_reader, memories), deadline_s=_MEANING_S)
    reader = ReadModelReader(memories, Engines(engine_settings, meaning=meaning))
    try:
        if meaning is not None:
            meaning.questions.prepare().result()
        read_model, engine = reader.open()
        found = ranked(read_model, engine, caller, query, limit=limit, agent_id=agent_id)
    finally:
        reader.close()
        if meaning is not None:
            meaning.close()
    if is_json:
        echo_json(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        _print_ranked(found)
    if not found:
        say("projector", f"nothing that is remembered of {caller} fits")
        sys.exit(FOUND_SOMETHING)


def _print_ranked(found: list[Ranked]) -> None:
    screen = Screen()
    for each in found:
        state = "" if each.memory.is_current else ", superseded"
        screen.line("ok", str(each.rank), f"{each.memory.text}  (score {each.score:.3f}{state})")
        if each.memory.fact is not UNSET and each.memory.fact.sensitive != "none":
            screen.detail(each.memory.fact.sensitive.replace("_", " "), _SENSITIVE)
        for share in each.words:
            screen.detail(share.word, f"{share.score:.3f}, {_HELD[share.held_by]}" if share.score else _HELD["nothing"])
        screen.detail("id", each.memory.id)


def _print(found: Explanation, *, where: str) -> None:
    screen, memory = Screen(), found.memory
    screen.heading(memory.text)
    name = f"{found.view.name} " if found.view is not None and found.view.name else ""
    state = "current" if memory.is_current else "superseded"
    screen.line("ok", "memory", f"{memory.sector}, {memory.kind}, weight {memory.salience:g}, {state}")
    screen.line("ok", "caller", f"{name}({memory.caller})")
    agents = ", ".join(found.agents.values()) or "searches across all agents alone"
    heard = "all agents" if memory.told_to is None else agents
    screen.line("ok", "told to", heard)
    if memory.fact is not UNSET:
        _print_fact(screen, found, memory.fact, where)
        return
    if found.proof is None:
        screen.line("ok", "event", "none of its own: it follows from many calls")
        return
    at = spoken_moment(memory.occurred_at_s, memory.timezone) or "a time that is not known"
    second = "" if found.second is None else f", second {found.second}"
    turn = "" if found.turn is None else f", turn {found.turn}"
    screen.line("ok", "call", f"{memory.conversation_id}, {at}{turn}{second}")
    screen.line("ok", "words", memory.source.words)
    if memory.source.asked:
        screen.detail("the agent had said", memory.source.asked)
    _print_others(screen, found)
    _print_proof(screen, found.proof, where)


def _print_fact(screen: Screen, found: Explanation, fact: FactDetails, where: str) -> None:
    about = "" if fact.about == CALLER else f"{fact.about}, "
    screen.line("ok", "fact", f"{about}{fact.attribute}: {fact.value}, {when_so(found.memory, fact)}")
    if fact.sensitive != "none":
        screen.detail(fact.sensitive.replace("_", " "), _SENSITIVE)
    _print_others(screen, found)
    for each in found.sources:
        source = each.source
        if each.proof is None:
            day = spoken_date(source.said_at_s, UTC_NAME) or "a day that is not known"
            screen.line("change", "corrected", f"by a person, on {day}: {source.value}; `projector show` says by whom")
            continue
        screen.line("ok", source.kind, f"{source.quote or source.value}  [{source.conversation_id}{_where(source)}]")
        _print_proof(screen, each.proof, where)


def _where(source: FactSource) -> str:
    turn = "" if source.turn is None else f", turn {source.turn}"
    return turn if source.second is None else f"{turn}, second {source.second}"


def _print_others(screen: Screen, found: Explanation) -> None:
    for title, others in (
        ("superseded", (found.superseded,)),
        ("superseded by", (found.superseded_by,)),
        ("said before", found.said_before),
        ("said again", found.said_again),
    ):
        for other in others:
            if other is not None:
                screen.line("change", title, _other(other))


def _print_proof(screen: Screen, proof: Proof, where: str) -> None:
    receipt = proof.receipt
    if receipt is None:
        screen.line("wrong", "event", proof.error, then="`events verify` looks at the whole log.")
        return
    received = f"{spoken_moment(int(receipt.received_at.timestamp()), UTC_NAME)} from {receipt.source}"
    screen.line("ok", "event", f"{receipt.position}, {receipt.kind}, received on {received}")
    screen.line("ok", "file", f"{where}/{receipt.path}")
    if proof.is_whole:
        screen.line("ok", "body", f"{count_of(receipt.size, 'byte')}, with the SHA-256 of the receipt")
    else:
        screen.line("wrong", "body", proof.error, then="`events verify` looks at the whole log.")
    if not proof.is_chained:
        text = "does not follow the line before it: one was changed, removed or slipped in"
        screen.line("wrong", "receipt", text, then="`events verify` looks at the whole log.")
    state, text = _SIGNATURES.get(proof.signature, ("ok", f"none: it came from {receipt.source}"))
    screen.line(state, "signature", text)
    screen.detail("receipt", receipt.line().decode())


def _other(memory: Memory) -> str:
    day = spoken_date(memory.occurred_at_s, memory.timezone)
    call = f"  [{memory.call}]" if memory.call is not None else ""
    return f"{memory.text}{f', said on {day}' if day else ''}{call}  {memory.id}"


def _proofs(found: Explanation) -> list[Proof]:
    return [proof for proof in (found.proof, *(each.proof for each in found.sources)) if proof is not None]


def _holds(proof: Proof) -> bool:
    return proof.is_whole and proof.is_chained and proof.signature != WRONG
