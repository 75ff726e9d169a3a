"""What a vendor's batch is: submitted, looked at, fetched, and removed from the vendor."""

from collections.abc import Mapping
from typing import Protocol

import msgspec
from msgspec import Struct

from projector.sources.models.protocol import Answered, Model, Question

# Far below what vendors take (OpenAI: 50,000 requests and 200 MB; Anthropic: 100,000 and 256 MB): one is held in
# memory, and crosses an ordinary line within minutes.
REQUESTS_MAX = 5_000
BYTES_MAX = 16 * 1024 * 1024
# Source: both vendors give up after 24 hours what they have not answered by then.
ENDS_WITHIN_S = 24 * 60 * 60
# About what the vendor's envelope of a request takes besides the question.
_ENVELOPE_BYTES = 512


class BatchState(Struct, frozen=True):
    """How a batch stands. Once it has ended, `reason` says why requests without a result have none."""

    is_ended: bool
    reason: str = ""


class Result(Struct, frozen=True):
    """
    What came of one request.

    `status` and `body` are those that it would have been answered with alone. `status` is 0 where the vendor did not
    come to it; then `reason` says why.
    """

    status: int = 0
    body: bytes = b""
    reason: str = ""


class BatchProvider(Model, Protocol):
    """Asks one model of one vendor by batches. Each method may raise `AskLaterError` and `ProviderHeldError`."""

    def submit(self, requests: Mapping[str, Question]) -> str:
        """
        Submit questions under ids of ours, and return the vendor's id of the batch.

        Args:
            requests: at most `REQUESTS_MAX` with `BYTES_MAX` together. An id has up to 64 letters and digits.
        """
        ...

    def state(self, batch: str) -> BatchState:
        """Return how a batch stands."""
        ...

    def results(self, batch: str) -> dict[str, Result]:
        """Return what came of the requests of a batch that has ended, by our ids; some may be missing."""
        ...

    def read(self, result: Result, question: Question) -> Answered:
        """Return what a result says to its question, exactly as if that had been asked alone."""
        ...

    def cancel(self, batch: str) -> None:
        """Have the vendor answer no further request of a batch."""
        ...

    def remove(self, batch: str) -> None:
        """Remove from the vendor what was sent with a batch that has ended, and what was answered."""
        ...


def size_of(question: Question) -> int:
    """Return about how many bytes a question takes in a batch."""
    return len(msgspec.json.encode(question)) + _ENVELOPE_BYTES
