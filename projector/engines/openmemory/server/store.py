"""OpenMemory as a running server: v1.3.0, the last that tells users apart, over HTTP."""

import math
import re
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import quote

from projector.engines.openmemory.server.answers import (
    Added,
    Found,
    Health,
    Match,
    Page,
    Removed,
    Row,
    Summary,
    decoded,
    is_gone,
)
from projector.engines.openmemory.server.http import TIMEOUT_S, WAITS_S, Answer, OpenMemoryHttp, fault_name
from projector.engines.openmemory.store import Stored
from projector.errors import EngineError, EngineRefusedError, EngineStoppedError

T = TypeVar("T")
_PAGE_SIZE = 500
# The server looks for the 3 x k rows of all users that are nearest in each sector, and only then drops those of
# others: with a small k a caller's own are not among them. The greater k, the longer that takes (measured at 2,500
# rows: 0.2 s and 1.0 s), so it is asked with the small one first.
_KS = (64, 1024)
# A user that is nobody's caller key: those are numbers, or begin with `user:` or `whatsapp:`.
_NOBODY = "elaoms-probe"
# What servers say of everyone. The second is made for editors: which projects, languages and files a user was at.
_SAYS_NOTHING = re.compile(r"\s*(?:User profile initializing\b.*|Active in .* using .*\. Focused on .*)?", re.DOTALL)


class ServerStore:
    """
    The memories of a running OpenMemory server. Threads may share it, and those of one server share connections.

    Args:
        url: of the server, as `server_url` returns it.
        key: of the server; None where it asks for none.
        timeout_s: how long one try may take.
        waits_s: how long is waited after each try that failed but the last.

    Raises:
        EngineError: the key is none that HTTP can carry.
    """

    def __init__(
        self, url: str, key: str | None, *, timeout_s: float = TIMEOUT_S, waits_s: tuple[float, ...] = WAITS_S
    ) -> None:
        self._http = OpenMemoryHttp(url, key or None, timeout_s=timeout_s, waits_s=waits_s)

    def check(self, *, timeout_s: float | None = None) -> None:
        """
        Return where this server can be used: it is one of OpenMemory, opens to the key, and tells users apart.

        Only reads; asks once more where an answer fails, and there is no haste.

        Args:
            timeout_s: seconds after which to give up with `EngineError`, asked once; None: patiently.

        Raises:
            EngineRefusedError: it cannot; says in words why, and what to do.
            EngineError: it does not answer.
        """
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            health = self._answer("GET", "/health", deadline_s=deadline_s)
        except EngineStoppedError:
            raise
        except EngineError as error:
            raise EngineError(f"{error}; is it running, and is OPENMEMORY_PORT its port or URL?") from error
        if health.status != 200 or decoded(health, Health) is None:
            raise EngineRefusedError(
                f"what answers at {self._http.url} is not an OpenMemory server; set OPENMEMORY_PORT to the port or the"
                " URL of one"
            )
        # A path that has the user in it: a server that knows no users has no such path, and cannot ignore them.
        held = self._ask("GET", f"/users/{_in_path(_NOBODY)}/memories", query={"l": 1}, deadline_s=deadline_s)
        if decoded(held, Page) is None:
            raise EngineRefusedError(
                f"the OpenMemory server at {self._http.url} does not tell users apart (it answered {held.status} to a"
                f" question about one); run OpenMemory v1.3.0, or set MEMORY_ENGINE to openmemory or embedded"
            )

    def add(self, user_id: str, content: str, *, tags: list[str], metadata: dict[str, Any]) -> str:
        """
        Return the id of the row that holds `content` now: somebody else's, where it was taken for a duplicate.

        Where an answer is lost this adds again; the server takes that for a duplicate of the first, if it was done.
        """
        if not user_id:
            raise ValueError("a memory without a user would be everybody's")
        body = {"content": content, "tags": tags, "metadata": metadata, "user_id": user_id}
        return self._expect(self._ask("POST", "/memory/add", body=body), Added).id

    def row(self, id_: str, *, timeout_s: float | None = None) -> Stored | None:
        """Return that row; None where there is none."""
        deadline_s = None if timeout_s is None else time.monotonic() + timeout_s
        answer = self._ask("GET", f"/memory/{_in_path(id_)}", deadline_s=deadline_s)
        return None if is_gone(answer) else self._expect(answer, Row).stored()

    def rows(self, user_id: str) -> list[Stored]:
        """Return all rows of that user, newest first."""
        if not user_id:
            raise ValueError("no user would mean everybody")
        rows = list(self._listed({"user_id": user_id}, Row.stored))
        if any(row.user_id != user_id for row in rows):
            raise EngineError(f"OpenMemory at {self._http.url} answered with memories of another user")
        return rows

    def users(self) -> set[str]:
        """Return the ids of all users who have at least one row; asks for every row of the server."""
        return {user_id for user_id in self._listed({}, lambda row: row.user_id) if user_id}

    def remove(self, id_: str) -> None:
        """Remove that row; nothing happens where it is gone already."""
        answer = self._ask("DELETE", f"/memory/{_in_path(id_)}")
        if not is_gone(answer):
            self._expect(answer, dict)

    def remove_all(self, user_id: str) -> None:
        """
        Remove all rows of that user.

        What stays is the server's own note that there was a user of that id, with a constant text: it has no call
        that removes it.
        """
        if not user_id:
            raise ValueError("no user would mean everybody")
        # The server removes 10,000 at most at a time.
        while self._expect(self._ask("DELETE", f"/users/{_in_path(user_id)}/memories"), Removed).deleted:
            pass

    def search(self, user_id: str, query: str, *, limit: int, timeout_s: float | None) -> list[tuple[str, float]]:
        """
        Return ids of rows of that user that fit `query`, best first, `limit` at most.

        A score is the server's z-score z of a row among those that it answered, as 1 / (1 + e^-z): above 0.5 fits
        better than they do on average, and one that is alone has 0.5. Scores of two searches do not compare.

        Complete as long as no sector holds more than 3,072 rows of all users together; above that, what is far from
        the query may be missing. In a hurry the same goes for what the second of two questions would have found.

        Args:
            timeout_s: seconds after which to give up with `EngineError`, asked once; None: patiently.
        """
        if not user_id:
            raise ValueError("a search without a user would search everybody's memories")
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
        """Return what the server says of that user; empty where it says nothing about them."""
        answer = self._ask("GET", f"/users/{_in_path(user_id)}/summary")
        text = "" if answer.status == 404 else self._expect(answer, Summary).summary or ""
        return "" if _SAYS_NOTHING.fullmatch(text) else text

    def wipe(self) -> None:
        """Do nothing: a server has no call for it. Removed words stay in its files until it writes over them."""

    def _query(self, user_id: str, query: str, k: int, deadline_s: float | None) -> list[Match]:
        # The server answers the same question for 60 seconds as it did before, whatever was added or removed. No
        # salience is below zero, so this limit drops nothing; but with another one it is another question.
        another = -1 - secrets.randbits(40) / 2**20
        # Half of a surrogate pair would come back in the answer, which no reader of JSON need accept.
        asked = query.encode(errors="replace").decode()
        body = {"query": asked, "k": k, "user_id": user_id, "filters": {"min_score": another}}
        found = self._expect(self._ask("POST", "/memory/query", body=body, deadline_s=deadline_s), Found)
        return sorted(found.matches, key=lambda match: -match.score)

    def _with_the_far(
        self, user_id: str, query: str, limit: int, deadline_s: float | None, near: list[Match]
    ) -> list[Match]:
        """Return `near` where it is all that the user has, else what a wider search finds."""
        held = self._held(user_id, limit, deadline_s)
        if len(near) >= held:
            return near
        found = self._query(user_id, query, max(_KS[1], limit), deadline_s)
        if not found and not near:
            # To whatever goes wrong in a search, and when it is at too many at once, it answers an empty list.
            raise EngineError(f"OpenMemory at {self._http.url} found nothing of a user whose memories it holds")
        return max(found, near, key=len)

    def _held(self, user_id: str, limit: int, deadline_s: float | None) -> int:
        """Return how many rows the user has, counted up to `limit`."""
        query: dict[str, str | int] = {"user_id": user_id, "l": limit}
        return len(self._expect(self._ask("GET", "/memory/all", query=query, deadline_s=deadline_s), Page).items)

    def _listed(self, of_user: dict[str, str | int], keep: Callable[[Row], T]) -> Iterable[T]:
        """Return what `keep` makes of each row: all of them, content included, would be too many to hold."""
        kept: dict[str, T] = {}
        begin = 0
        while True:
            query = {"l": _PAGE_SIZE, "u": begin, **of_user}
            page = self._expect(self._ask("GET", "/memory/all", query=query), Page).items
            if begin and (not page or page[0].id not in kept):
                # The newest come first, and a page begins with the last row of the one before. Where it does not,
                # somebody removed rows of those before, and others moved up that we did not see.
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
    """Return `text` as one step of a path; a step of dots would be taken for the folder itself, or the one above."""
    return quote(text, safe="").replace(".", "%2E")
