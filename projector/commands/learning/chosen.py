"""What a person chose to have asked, and of whom, and what that costs."""

import sys

from msgspec import Struct
from msgspec.structs import replace

from events.log.ours.extraction import Usage
from events.process.command import USED_WRONGLY, say
from projector.commands.beside.models import start_of
from projector.commands.settings import Settings
from projector.extracting.choosing.readable import Wanted
from projector.extracting.messages import Start
from projector.extracting.opening import version_of
from projector.extracting.settings import BATCH_DISCOUNT
from projector.sources.extraction.prompt import prompt_versions
from projector.sources.models.batches.open import has_batches

NOTHING = Usage()
IF_OUT = "a projector that follows takes the answers, or `projector extract --batch`"


class Choice(Struct, frozen=True, kw_only=True):
    """Which calls to ask about, with which prompt, which model in place of the one that is set, and by batch or not."""

    since_s: int = 0
    agent_id: str | None = None
    prompt_version: int | None = None
    model: str | None = None
    is_batch: bool = False


def start_for(settings: Settings, choice: Choice) -> Start:
    start = start_of(settings)
    if start is None:
        say("projector", "LLM_PROVIDER is not set: there is nobody to ask. docs/learning.md says whom you can")
        sys.exit(USED_WRONGLY)
    kind = start.models.provider.kind
    if choice.is_batch and not has_batches(start.models.provider):
        say("projector", f"--batch: {kind} has no batches; leave it out, or set LLM_PROVIDER to openai or anthropic")
        sys.exit(USED_WRONGLY)
    if choice.prompt_version is not None and choice.prompt_version not in prompt_versions():
        say("projector", f"--prompt-version: there are {', '.join(map(str, prompt_versions()))}")
        sys.exit(USED_WRONGLY)
    if choice.prompt_version is None and version_of(start) is None:
        say(
            "projector",
            f"EXTRACTION_PROMPT_MAX is {start.fold.prompt_max}, so that no answer counts: name a --prompt-version",
        )
        sys.exit(USED_WRONGLY)
    if choice.model is None:
        return start
    return replace(start, models=replace(start.models, provider=replace(start.models.provider, model=choice.model)))


def version_for(start: Start, choice: Choice) -> int:
    version = version_of(start) if choice.prompt_version is None else choice.prompt_version
    assert version is not None
    return version


def wanted_for(choice: Choice, version: int) -> Wanted:
    return Wanted(
        prompt_version=version,
        since_s=choice.since_s,
        agent_id=choice.agent_id,
        is_of_any_model=choice.model is None,
        is_eager=True,
    )


def tokens_words(start: Start, used: Usage, *, batched: Usage = NOTHING) -> str:
    """
    Return how many tokens were used, and what they cost.

    Args:
        batched: those among them that a batch took, for half the price.
    """
    tokens_in, tokens_out = used.input_tokens, used.output_tokens
    saved_in, saved_out = BATCH_DISCOUNT * batched.input_tokens, BATCH_DISCOUNT * batched.output_tokens
    cost = start.asking.cost(tokens_in - saved_in, tokens_out - saved_out)
    halved = ", halved for a batch" if batched != NOTHING else ""
    money = "" if cost is None else f", {cost:.4f} by LLM_PRICE_IN_PER_M and LLM_PRICE_OUT_PER_M{halved}"
    return f"{tokens_in:,} tokens in and {tokens_out:,} out{money}"
