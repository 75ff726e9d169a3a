"""What an OpenMemory server answers: the bodies that we read, and of them what we need."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from projector.engines.openmemory.server.http import Answer, fault_name
from projector.engines.openmemory.store import Stored

T = TypeVar("T")


class Row(Struct):
    """One memory as it is shown."""

    id: str
    content: str
    user_id: str | None = None
    metadata: dict[str, Any] | None = None

    def stored(self) -> Stored:
        """Return it as all stores do."""
        return Stored(id=self.id, user_id=self.user_id, content=self.content, metadata=self.metadata or {})


class Page(Struct):
    """Some of them."""

    items: list[Row]


class Added(Struct):
    """What became of one that was added."""

    id: str


class Removed(Struct):
    """How many were removed."""

    deleted: int


class Match(Struct):
    """One that a search found."""

    id: str
    score: float


class Found(Struct):
    """What a search found."""

    matches: list[Match]


class Summary(Struct):
    """What is said of a user."""

    summary: str | None = None


class Health(Struct):
    """How the server is; by this it is told from other servers."""

    ok: bool
    version: str
    tier: str


def decoded(answer: Answer, type_: type[T]) -> T | None:
    """Return the body of a 200 as what it should be; None where it is not."""
    if answer.status != 200:
        return None
    try:
        return msgspec.json.decode(answer.body, type=type_)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None


def is_gone(answer: Answer) -> bool:
    """Tell whether a server says that there is no such row."""
    # Any other 404 is no answer about a row, but from somewhere where there are none.
    return answer.status == 404 and fault_name(answer) == "nf"
