"""The answers of an OpenMemory server, with the fields that we need of each."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from projector.engines.openmemory.server.http import Answer, fault_name
from projector.engines.openmemory.store import Stored

T = TypeVar("T")


class Row(Struct):
    """One row as the server shows it."""

    id: str
    content: str
    user_id: str | None = None
    metadata: dict[str, Any] | None = None

    def stored(self) -> Stored:
        """Return it in the form that is common to the SDK and the server."""
        return Stored(id=self.id, user_id=self.user_id, content=self.content, metadata=self.metadata or {})


class RowPage(Struct):
    """Some rows."""

    items: list[Row]


class Added(Struct):
    """The row that an addition made, or was taken for a duplicate of."""

    id: str


class Removed(Struct):
    """How many rows were removed."""

    deleted: int


class Match(Struct):
    """One row that a search found."""

    id: str
    score: float


class SearchAnswer(Struct):
    """The rows that a search found."""

    matches: list[Match]


class UserSummary(Struct):
    """What the server says of a user."""

    summary: str | None = None


class ServerHealth(Struct):
    """The health of the server, by which we tell an OpenMemory server from any other."""

    ok: bool
    version: str
    tier: str


def decoded(answer: Answer, type_: type[T]) -> T | None:
    """Return the body of a 200 as a `type_`; None for another status, or another body."""
    if answer.status != 200:
        return None
    try:
        return msgspec.json.decode(answer.body, type=type_)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None


def is_gone(answer: Answer) -> bool:
    """Tell whether the server itself says that there is no such row."""
    # Any other 404 comes from a wrong path, and says nothing about a row.
    return answer.status == 404 and fault_name(answer) == "nf"
