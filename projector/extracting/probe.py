"""Asks about a call that was made up, to see whether a provider answers, and in which form."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from projector.domain.calls import Call, Turn
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.validation.answer import read_answer
from projector.domain.facts.validation.validate import validated
from projector.errors import AskLaterError, ProviderHeldError
from projector.sources.extraction.ask import Asked, ask_about
from projector.sources.extraction.prompt import ExtractionPrompt
from projector.sources.models.open import open_provider
from projector.sources.models.settings import COMPATIBLE, ProviderSettings, Structured

_MODES: tuple[Structured, ...] = ("schema", "json", "tools")
_TOLD = (
    (False, "Thanks for calling the garage. What can I do for you?"),
    (True, "I drive a blue Tandem 3, and its left mirror is broken."),
    (False, "We can look at it on Friday at nine. Does that suit you?"),
    (True, "Yes, Friday at nine is fine. And please write to me by e-mail, I can't take calls at work."),
)
# Of nobody: no number, no name, and a day in the past.
CALL = Call(
    conversation_id="made-up-call",
    caller="conversation:made-up-call",
    agent_id=None,
    agent_number=None,
    direction="inbound",
    language="en",
    status="done",
    started_at_s=1_762_948_800,
    event_timestamp_s=1_762_948_900,
    duration_s=60,
    title="",
    summary="",
    turns=tuple(
        Turn(index=index, is_caller=is_caller, text=text, second=10 * index)
        for index, (is_caller, text) in enumerate(_TOLD)
    ),
    turn_count=len(_TOLD),
    collected={},
    source="webhook",
    sha256="",
)


class Probe(Struct, frozen=True, kw_only=True):
    """
    What came of one question.

    `structured` is how the form of the answer was asked for. `fault` says why there was no answer that can be used;
    `counted` and `stated` are how many of its statements count, of how many.
    """

    structured: Structured
    asked: Asked | None = None
    counted: int = 0
    stated: int = 0
    fault: str = ""


def probes(settings: ProviderSettings, prompt: ExtractionPrompt, registry: Registry) -> Iterator[Probe]:
    """Yield what comes of a question in the form that is set, and, of a server that may know others, of these."""
    modes = [settings.structured]
    if settings.kind == COMPATIBLE:
        modes += [mode for mode in _MODES if mode != settings.structured]
    for mode in modes:
        yield _probe(replace(settings, structured=mode), prompt, registry)


def _probe(settings: ProviderSettings, prompt: ExtractionPrompt, registry: Registry) -> Probe:
    try:
        provider = open_provider(settings)
        try:
            asked = ask_about(CALL, provider, prompt)
        finally:
            provider.close()
    except (AskLaterError, ProviderHeldError) as error:
        return Probe(structured=settings.structured, fault=error.reason)
    if asked.outcome != "complete":
        return Probe(structured=settings.structured, asked=asked, fault=f"the answer is of no use: {asked.outcome}")
    if read_answer(asked.answer) is None:
        return Probe(
            structured=settings.structured, asked=asked, fault="the answer has another form than was asked for"
        )
    found = validated(asked.answer, CALL, registry)
    counted, rejected = len(found.statements), len(found.rejected)
    return Probe(structured=settings.structured, asked=asked, counted=counted, stated=counted + rejected)
