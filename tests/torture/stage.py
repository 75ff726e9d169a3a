"""One installation under load: clients post calls all the time, and remember which were acknowledged."""

import hashlib
import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from tests.support.samples import transcription
from tests.support.servers import Site, loopback_client, signed
from tests.torture.moments import Moments

_PATIENCE_S = 120.0
_CALLS_PER_CALLER = 5
# This many calls come in while a fault is caused: it happens in the midst of them, and no log grows without end.
_AHEAD = 50
T = TypeVar("T")


class Stage:
    """
    One installation under load; the functions in `faults` cause its faults.

    `acknowledged` maps the conversations that were answered 200 to the sha256 of their bodies, and `positions` to where
    the answers say that they are. A fault that erases a caller on purpose takes their calls out again. `cuts` says when
    power went: what was answered meanwhile counts as not answered.
    """

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder, LOG_LEVEL="error")
        self.acknowledged: dict[str, str] = {}
        self.problems: list[str] = []
        self.copies = 1
        self.clients = 24
        self.positions: dict[str, int] = {}
        self.cuts = Moments()
        self._until_judged = ExitStack()
        self._answers = 0
        self._goal = 0
        self._under_way = 0
        self._is_over = False
        self._changed = threading.Condition()
        self._numbers = itertools.count()

    def close(self) -> None:
        """End what `keep` began."""
        self._until_judged.close()

    def keep(self, begun: AbstractContextManager[T]) -> T:
        """Begin what must last until it was judged what became of the calls, such as a disk."""
        return self._until_judged.enter_context(begun)

    def move_to(self, folder: Path) -> None:
        """Have log and memories lie in another folder; nothing runs yet."""
        self.site.payloads, self.site.read_model = folder / "payloads", folder / "readmodel"
        self.site.env["PAYLOAD_STORAGE_PATH"] = str(self.site.payloads)
        self.site.env["READ_MODEL_PATH"] = str(self.site.read_model)

    @contextmanager
    def load(self) -> Iterator[None]:
        """Post calls from many clients until the block ends; half of the senders retry a failed call."""
        limits = httpx.Limits(max_connections=None)
        with (
            loopback_client(limits=limits) as client,
            ThreadPoolExecutor(self.clients * 3) as threads,
        ):
            clients = [threads.submit(self._post_calls, client, threads) for _ in range(self.clients)]
            try:
                yield
            finally:
                with self._changed:
                    self._is_over = True
                    self._changed.notify_all()
                for one in clients:
                    one.result()

    def wait_for_acknowledged(self, count: int) -> None:
        """Wait until this many more calls are acknowledged; some more are under way when this returns."""
        with self._changed:
            enough = len(self.acknowledged) + count
            self._goal = enough + _AHEAD
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: len(self.acknowledged) >= enough, _PATIENCE_S):
                raise AssertionError("calls are not acknowledged any more:\n" + self.site.log("ingress")[-4000:])

    def wait_for_answers(self, count: int) -> None:
        """Wait until this many more calls are answered, with any status, or broken off."""
        with self._changed:
            enough = self._answers + count
            self._goal = len(self.acknowledged) + count + _AHEAD
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: self._answers >= enough, _PATIENCE_S):
                raise AssertionError("calls are not answered any more:\n" + self.site.log("ingress")[-4000:])

    def pause(self) -> None:
        """Wait for the answers under way, and send nothing more until the next wait."""
        with self._changed:
            self._goal = 0
            if not self._changed.wait_for(lambda: not self._under_way, _PATIENCE_S):
                raise AssertionError("calls are not answered any more")

    def forget(self, number: int) -> None:
        """Take out all calls of this call's caller, who was erased; any leftover of them is a problem."""
        first = number // _CALLS_PER_CALLER * _CALLS_PER_CALLER
        for id_ in (f"conv_{one}" for one in range(first, first + _CALLS_PER_CALLER)):
            self.acknowledged.pop(id_, None)
            if (self.site.payloads / id_).exists():
                self.problems.append(f"{id_} was erased, and is still there")

    def _post_calls(self, client: httpx.Client, threads: ThreadPoolExecutor) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_over or len(self.acknowledged) < self._goal)
                if self._is_over:
                    return
                number = next(self._numbers)
                self._under_way += 1
            body = transcription(f"conv_{number}", f"This is call {number}.", caller=caller_of(number))
            together = [threads.submit(self._post, client, number, body) for _ in range(self.copies - 1)]
            self._post(client, number, body)
            for one in together:
                one.result()
            if together:
                self._post(client, number, body)
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _post(self, client: httpx.Client, number: int, body: bytes) -> None:
        id_ = f"conv_{number}"
        while not self._is_over:
            answer: httpx.Response | None = None
            asked_s = time.monotonic()
            try:
                answer = client.post(f"{self.site.url}/webhook/post-call", content=body, headers=signed(body))
            except httpx.ConnectError:
                time.sleep(0.02)
                continue  # no process listens just now, so none has seen it
            except httpx.TransportError:  # broken off: it may be in the log, or not
                pass
            with self._changed:
                self._answers += 1
                if self.cuts.met(asked_s, time.monotonic()):
                    answer = None
                if answer is not None and answer.status_code == 200:
                    self._acknowledge(id_, body, answer.json()["data"]["position"])
                elif answer is not None and answer.status_code != 503:
                    self.problems.append(f"{id_} was answered {answer.status_code}")
                self._changed.notify_all()
                if id_ in self.acknowledged or number % 2:
                    return

    def _acknowledge(self, id_: str, body: bytes, position: int) -> None:
        if self.positions.setdefault(id_, position) != position:
            self.problems.append(f"{id_} was acknowledged at {self.positions[id_]} and at {position}")
        self.acknowledged[id_] = hashlib.sha256(body).hexdigest()


def caller_of(number: int) -> str:
    """Return the caller of a call: with few calls to a caller a fold stays short, however many calls there are."""
    return f"+1202{5550000 + number // _CALLS_PER_CALLER}"
