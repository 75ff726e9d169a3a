"""A question on its way from being chosen to being noted."""

from msgspec import Struct

from events.log.ours.extraction import Usage
from projector.extracting.choosing.unread import Candidate, Unread


class UnderWay(Struct, frozen=True, eq=False):
    """
    A question that is being answered, or whose answer is not appended yet.

    `unread` is what chose the call. `batch` is the id of a batch that answered it, or a part of it, for `batched`.
    """

    candidate: Candidate
    role: str
    tokens: int
    unread: Unread
    batch: str = ""
    batched: Usage = Usage()
