"""OpenMemory as a running server: v1.3.0, the last version that tells users apart."""

import math
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import quote

from projector.engines.openmemory.server.answers import (
    Added,
    Match,
    Removed,
    Row,
    RowPage,
    SearchAnswer,
    ServerHealth,
    UserSummary,
    decoded,
    is_gone,
)
from projector.engines.openmemory.server.http import TIMEOUT_S, WAITS_S, Answer, OpenMemoryHttp, fault_name
from projector.engines.openmemory.store import Stored, check_user
from projector.engines.shutdown import Shutdown
from projector.errors import EngineError, EngineRefusedError, EngineStoppedError

T = TypeVar("T")
_PAGE_SIZE = 500
# With each page that rows were removed before, the list is read one page back. It cannot go on so for ever.
_FRUITLESS_PAGES_MAX = 100
_REMOVALS_MAX = 1000
# The server takes the 3 x k rows of all users that are nearest in each sector, and only then drops the rows of other
# users: with a small k the caller's own rows are not among them. A larger k takes longer (measured at 2,500 rows: 0.2 s
# and 1.0 s), so the small one is tried first.
_KS = (64, 1024)
# No caller key: these are numbers, or begin with `user:` or `whatsapp:`.
_NOBODY = "elaoms-probe"
# What servers say of every user. The second is made for editors: a user's projects, languages and files.
_SAYS_NOTHING = re.compile(r"\s*(?:User profile initializing\b.*|Active in .* using .*\. Focused on .*)?", re.DOTALL)


class ServerStore:
    """
    The rows of a running OpenMemory server; see `OpenMemory`. Threads may share it.

    Args:
        url: of the server, as `server_url` returns it.
        key: of the server; None where it asks for none.
        shutdown: once it is set, every call ends with `EngineStoppedError`.
        timeout_s: how long one try may take.
        waits_s: how long to wait after each failed try but the last.

    Raises:
        EngineRefusedError: no HTTP header can carry the key.
    """

    def __init__(
        self,
        url: str,
        key: str | None,
        *,
        shutdown: Shutdown | None = None,
        timeout_s: float = TIMEOUT_S,
        waits_s: tuple[float, ...] = WAITS_S,
    ) -> None:
        self._http = OpenMemoryHttp(url, key or None, shutdown or Shutdown(), timeout_s=timeout_s, waits_s=waits_s)

    def check(self, *, timeout_s: float | None = None) -> None:
        """
        Make sure that this server can be used: it is one of OpenMemory, takes the key, and tells users apart.

        Only reads.

        Args:
            timeout_s: seconds after which to give up with `EngineError`, after one try; None to try several times.

        Raises:
            EngineRefusedError: it cannot be used; the message says why, and what to do.
            EngineError: it does not answer.
        """
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            health = self._answer("GET", "/health", deadline_s=deadline_s)
        except EngineStoppedError:
            raise
        except EngineError as error:
            raise EngineError(f"{error}; is it running, and is OPENMEMORY_PORT its port or URL?") from error
        if health.status != 200 or decoded(health, ServerHealth) is None:
            raise EngineRefusedError(
                f"what answers at {self._http.url} is not an OpenMemory server; set OPENMEMORY_PORT to the port or the"
                " URL of one"
            )
        # The user is a part of this path: a server that knows no users has no such path, and cannot just ignore it.
        held = self._ask("GET", f"/users/{_in_path(_NOBODY)}/memories", query={"l": 1}, deadline_s=deadline_s)
        if decoded(held, RowPage) is None:
            raise EngineRefusedError(
                f"the OpenMemory server at {self._http.url} does not tell users apart (it answered {held.status} to a"
                f" question about one); run OpenMemory v1.3.0, or set MEMORY_ENGINE to openmemory or embedded"
            )

    def add(self, user_id: str, content: str, *, tags: list[str], metadata: dict[str, Any]) -> str:
        """
        Add a row, and return the id of the row that holds `content` now, which may be another user's duplicate.

        A lost answer makes this add again; if the first one was added, the server takes the second for its duplicate.
        """
        check_user(user_id)
        body = {"content": content, "tags": tags, "metadata": metadata, "user_id": user_id}
        return self._expect(self._ask("POST", "/memory/add", body=body), Added).id

    def row(self, id_: str, *, timeout_s: float | None = None) -> Stored | None:
        """Return the row of that id; None where the server says that there is none."""
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        answer = self._ask("GET", f"/memory/{_in_path(id_)}", deadline_s=deadline_s)
        return None if is_gone(answer) else self._expect(answer, Row).stored()

    def rows(self, user_id: str) -> list[Stored]:
        """Return all rows of a user, newest first."""
        check_user(user_id)
        rows = list(self._listed({"user_id": user_id}, Row.stored))
        if any(row.user_id != user_id for row in rows):
            raise EngineError(f"OpenMemory at {self._http.url} answered with memories of another user")
        return rows

    def users(self) -> set[str]:
        """Return all users who have a row; lists every row of the server."""
        return {user_id for user_id in self._listed({}, lambda row: row.user_id) if user_id}

    def remove(self, id_: str) -> None:
        """Remove the row of that id, if it exists."""
        answer = self._ask("DELETE", f"/memory/{_in_path(id_)}")
        if not is_gone(answer):
            self._expect(answer, dict)

    def remove_all(self, user_id: str) -> None:
        """
        Remove all rows of a user.

        The server keeps its own note that there was a user of that id, with a constant text: no call removes that.
        """
        check_user(user_id)
        # The server removes at most 10,000 rows at a time.
        for _ in range(_REMOVALS_MAX):
            if not self._expect(self._ask("DELETE", f"/users/{_in_path(user_id)}/memories"), Removed).deleted:
                return
        raise EngineError(f"OpenMemory at {self._http.url} says again and again that it removed rows, and has more")

    def search(self, user_id: str, query: str, *, limit: int, timeout_s: float | None) -> list[tuple[str, float]]:
        """
        Return the ids of a user's rows that fit `query` best, best first, `limit` at most.

        A score compares the rows of one answer: the server's z-score z of a row among them, as 1 / (1 + e^-z). A row
        above 0.5 fits better than their average, and a single row has 0.5. Scores of two searches do not compare.

        Nothing is missing as long as no sector holds more than 3,072 rows, of all users together; above that, rows far
        from the query may be. With a `timeout_s`, rows may also be missing that only the second, wider search would
        have found.

        Args:
            timeout_s: seconds after which to give up with `EngineError`, after one try; None to try several times.
        """
        check_user(user_id)
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        matches = self._query(user_id, query, max(_KS[0], limit), deadline_s)
        if len(matches) < limit:
            try:
                matches = self._with_the_far(user_id, query, limit, deadline_s, matches)
            except EngineError:
                if deadline_s is None or not matches:
                    raise
        return [(match.id, (1 + math.tanh(match.score / 2)) / 2) for match in matches[:limit]]

    def summary(self, user_id: str) -> str:
        """Return what the server says of a user; empty where that is what it says of every user."""
        answer = self._ask("GET", f"/users/{_in_path(user_id)}/summary")
        text = "" if answer.status == 404 else self._expect(answer, UserSummary).summary or ""
        return "" if _SAYS_NOTHING.fullmatch(text) else text

    def wipe(self) -> None:
        """Do nothing: a server has no call for this. Removed text stays in its files until it overwrites it."""

    def _query(self, user_id: str, query: str, k: int, deadline_s: float | None) -> list[Match]:
        # For 60 seconds the server gives the same query the same answer, whatever was added or removed meanwhile. This
        # limit drops nothing, for no salience is below zero, but it makes each query another one.
        another = -1 - secrets.randbits(40) / 2**20
        # Half of a surrogate pair would come back in the answer, and a reader of JSON may refuse it.
        asked = query.encode(errors="replace").decode()
        body = {"query": asked, "k": k, "user_id": user_id, "filters": {"min_score": another}}
        found = self._expect(self._ask("POST", "/memory/query", body=body, deadline_s=deadline_s), SearchAnswer)
        return sorted(found.matches, key=lambda match: -match.score)

    def _with_the_far(
        self, user_id: str, query: str, limit: int, deadline_s: float | None, near: list[Match]
    ) -> list[Match]:
        """Return `near` where the user has no more rows, else what a wider search finds."""
        held = self._held(user_id, limit, deadline_s)
        if len(near) >= held:
            return near
        found = self._query(user_id, query, max(_KS[1], limit), deadline_s)
        if not found and not near:
            # The server answers an empty list where a search fails, or where too many run at once.
            raise EngineError(f"OpenMemory at {self._http.url} found nothing of a user whose memories it holds")
        return max(found, near, key=len)

    def _held(self, user_id: str, limit: int, deadline_s: float | None) -> int:
        """Return how many rows a user has, counted up to `limit`."""
        query: dict[str, str | int] = {"user_id": user_id, "l": limit}
        return len(self._expect(self._ask("GET", "/memory/all", query=query, deadline_s=deadline_s), RowPage).items)

    def _listed(self, of_user: dict[str, str | int], keep: Callable[[Row], T]) -> Iterable[T]:
        """Return what `keep` makes of each row; the rows themselves, with their content, might not fit into memory."""
        kept: dict[str, T] = {}
        begin = fruitless = 0
        known = -1
        while True:
            query = {"l": _PAGE_SIZE, "u": begin, **of_user}
            page = self._expect(self._ask("GET", "/memory/all", query=query), RowPage).items
            fruitless = fruitless + 1 if len(kept) == known else 0
            if fruitless == _FRUITLESS_PAGES_MAX:
                raise EngineError(f"the rows of OpenMemory at {self._http.url} do not end: pages had nothing new")
            known = len(kept)
            if begin and (not page or page[0].id not in kept):
                # The newest rows come first, and each page is asked for from the last row of the one before. Where
                # that row is not its first, rows were removed meanwhile, and unseen ones moved up: go back a page.
                begin = max(0, begin - _PAGE_SIZE)
                continue
            kept |= {row.id: keep(row) for row in page}
            if len(page) < _PAGE_SIZE:
                return kept.values()
            begin += len(page) - 1

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str | int] | None = None,
        body: object = None,
        deadline_s: float | None = None,
    ) -> Answer:
        answer = self._answer(method, path, query=query, body=body, deadline_s=deadline_s)
        if answer.status in {401, 403}:
            raise EngineRefusedError(self._refusal(answer))
        return answer

    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str | int] | None = None,
        body: object = None,
        deadline_s: float | None,
    ) -> Answer:
        if deadline_s is None:
            return self._http.ask(method, path, query=query, body=body)
        return self._http.ask_once(method, path, query=query, body=body, deadline_s=deadline_s)

    def _refusal(self, answer: Answer) -> str:
        match fault_name(answer):
            case "tenant_mismatch":
                return (
                    f"the OpenMemory server at {self._http.url} knows one user for each API key: all callers would be"
                    " one; run OpenMemory v1.3.0, or set MEMORY_ENGINE to openmemory or embedded"
                )
            case "authentication_required":
                return f"the OpenMemory server at {self._http.url} asks for a key; set OPENMEMORY_KEY"
            case "invalid_api_key":
                return (
                    f"the OpenMemory server at {self._http.url} refuses the key; set OPENMEMORY_KEY to its OM_API_KEY"
                )
            case name:
                return f"the OpenMemory server at {self._http.url} refused what it was asked ({answer.status} {name})"

    def _expect(self, answer: Answer, type_: type[T]) -> T:
        body = decoded(answer, type_)
        if body is None:
            raise EngineError(
                f"OpenMemory at {self._http.url} answered what cannot be read ({answer.status} {fault_name(answer)})"
            )
        return body


def _in_path(text: str) -> str:
    """Return `text` as one segment of a path; a segment of dots would mean the current segment, or the one above."""
    return quote(text, safe="").replace(".", "%2E")
