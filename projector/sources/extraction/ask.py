"""Asks a model about one call, in as many pieces as it takes, and returns one answer."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, MutableMapping
from typing import Literal

import msgspec
from msgspec import Struct

from events.log.ours.extraction import Prompt, Usage
from projector.domain.calls import Call
from projector.sources.extraction.joining import joined
from projector.sources.extraction.pieces import CHARS_MAX, Line, halves_of, pieces_of
from projector.sources.extraction.prompt import ExtractionPrompt
from projector.sources.extraction.question import call_lines, input_hash, question_of
from projector.sources.models.protocol import Answered, Model, Provider

# A million characters, or 30 hours of speech. What comes after is read by nobody.
REQUESTS_MAX = 40
_HALVINGS_MAX = 3
# An answer to an ordinary call has about as many: measured, a third of its characters (docs/learning.md).
TOKENS_OUT = 1_500

# How an answer ended: whole; cut, refused, or otherwise; or, although whole, as other words than JSON, or as a page.
Outcome = Literal["complete", "length", "refusal", "prose", "html", "other"]
Kept = MutableMapping[str, Answered]


class Asked(Struct, frozen=True, kw_only=True):
    """
    What was answered about a call, as an event notes it.

    `answer` is the raw answer: what the model said, byte for byte, or, of a call in several pieces, as
    `projector.sources.extraction.joining` puts it together. `outcome` is `complete` if every piece was answered in
    JSON, else that of the first piece that was not. `usage`, `latency_s` (seconds) and `requests` are sums, also of
    what was cut and asked again in halves. `input_hash` is that of all that was read.
    """

    answer: bytes
    outcome: Outcome
    provider: str
    host: str
    requested_model: str
    model: str
    usage: Usage
    latency_s: float
    requests: int
    prompt: Prompt
    schema_sha256: str
    input_hash: str


def ask_about(
    call: Call,
    provider: Provider,
    prompt: ExtractionPrompt,
    *,
    kept: Kept | None = None,
    fence: Callable[[], str] = lambda: secrets.token_hex(8),
) -> Asked:
    """
    Ask about one call; the call must have been redacted, and hold a turn.

    Args:
        kept: answers to pieces of this call that were paid for before a later piece failed. They are taken from here,
            and put here, so that whoever asks again pays for none of them twice.
        fence: makes up what no caller can know.

    Raises:
        AskLaterError, ProviderHeldError: as `Provider.ask` raises them.
    """
    asking = _Asking(call, provider, prompt, {} if kept is None else kept, fence)
    answers = asking.all_answers()
    first = answers[0]
    outcomes = [outcome for answered in answers if (outcome := outcome_of(answered)) != "complete"]
    return Asked(
        answer=joined([answered.body for answered in answers]),
        outcome=next(iter(outcomes), "complete"),
        provider=first.provider,
        host=first.host,
        requested_model=first.requested_model,
        model=first.model,
        usage=total_of(answers),
        latency_s=sum(answered.latency_s for answered in answers),
        requests=asking.requests,
        prompt=prompt.named,
        schema_sha256=prompt.schema_sha256,
        input_hash=input_hash(call, prompt),
    )


def outcome_of(answered: Answered) -> Outcome:
    """Return how one answer ended."""
    if answered.content == "html":
        return "html"
    if answered.finish != "complete":
        return answered.finish
    return "complete" if answered.content == "json" else "prose"


def tokens_of(call: Call, prompt: ExtractionPrompt) -> int:
    """Return about how many tokens asking about a call sends: characters / 3, for no tokenizer is at hand."""
    pieces = pieces_of(call_lines(call))[:REQUESTS_MAX]
    chars = sum(len(question_of(call, piece, prompt, "0" * 16).user) for piece in pieces)
    return (chars + len(pieces) * (len(prompt.text) + len(msgspec.json.encode(prompt.schema)))) // 3


class _Asking:
    """Asks about the pieces of one call; `requests` counts them."""

    def __init__(
        self, call: Call, provider: Provider, prompt: ExtractionPrompt, kept: Kept, fence: Callable[[], str]
    ) -> None:
        self._call, self._provider, self._prompt, self._kept, self._fence = call, provider, prompt, kept, fence
        self.requests = 0

    def all_answers(self) -> list[Answered]:
        answers: list[Answered] = []
        for piece in pieces_of(call_lines(self._call), chars_max=CHARS_MAX):
            if self.requests >= REQUESTS_MAX:
                answers[-1] = msgspec.structs.replace(answers[-1], finish="length")
                break
            answers += self._answers(piece, _HALVINGS_MAX)
        assert answers, "nobody asks about a call without a turn"
        return answers

    def _answers(self, piece: tuple[Line, ...], halvings: int) -> list[Answered]:
        """Return the answer to a piece, or, where it does not find room, those to its halves."""
        answered = self._answer(piece)
        halves = halves_of(piece)
        if answered.finish != "length" or halves is None or not halvings or self.requests >= REQUESTS_MAX:
            return [answered]
        one, other = (self._answers(half, halvings - 1) for half in halves)
        # What was cut is nobody's answer, but it was paid for.
        one[0] = msgspec.structs.replace(
            one[0], usage=one[0].usage + answered.usage, latency_s=one[0].latency_s + answered.latency_s
        )
        return [*one, *other]

    def _answer(self, piece: tuple[Line, ...]) -> Answered:
        self.requests += 1
        key = key_of(self._provider, piece)
        if key not in self._kept:
            fence = self._fence()
            self._kept[key] = self._provider.ask(question_of(self._call, piece, self._prompt, fence))
        return self._kept[key]


def key_of(model: Model, piece: tuple[Line, ...]) -> str:
    """Return under which key of `Kept` the answer to a piece is: it depends on its words, and on who is asked."""
    return hashlib.sha256(msgspec.json.encode([model.name, model.host, model.model, piece])).hexdigest()


def total_of(answers: Iterable[Answered]) -> Usage:
    """Return how many tokens some answers took together."""
    return sum((answered.usage for answered in answers), Usage())
