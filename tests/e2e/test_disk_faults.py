"""A running ingress on a disk that fails: 503 and nothing half-written, and it resumes by itself."""

import itertools
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx
import pytest

from events.folder_log.layout import NAME as JOURNAL
from events.folder_log.log import FolderLog
from events.log.event import DamagedLine, Event
from events.log.filing import file_body
from events.log.receipt import Place, sha256_of
from ingress.http.requests import RETRY_AFTER_S
from tests.support.samples import transcription
from tests.support.servers import Site, signed
from tests.support.strace import Fault, failing, injected, needs_strace, read_trace_file

pytestmark = needs_strace

# How many calls of each kind an append makes: the journal, a draft, its notes, their folder, the journal, ...
_CALLS = {"openat": 9, "write": 3, "fsync": 6, "link": 1, "mkdir": 1}
_ERRORS = ["ENOSPC", "EDQUOT", "EIO"]


class Disk:
    """A running ingress whose disk calls can be made to fail."""

    def __init__(self, site: Site, client: httpx.Client, process: int, scratch: Path) -> None:
        self.site = site
        self.client = client
        self.incoming = site.payloads / ".incoming"
        self.journal = site.payloads / JOURNAL
        self.log = FolderLog(site.payloads)
        self._place: Place | None = None
        self._process = process
        self._scratch = scratch
        self._numbers = itertools.count()

    def body(self, *, words: str = "Hello.") -> bytes:
        """Return a webhook that was never sent; later checks ignore the log up to here."""
        number = next(self._numbers)
        self._place = self.log.tail()
        return transcription(f"conv_{number}", words)

    def trace(self) -> Path:
        """Return where to write the next trace."""
        return self._scratch / f"trace-{next(self._numbers)}"

    def failing(
        self, *faults: Fault, trace: Path, path: Path | None = None, also: str = ""
    ) -> AbstractContextManager[None]:
        """Make calls fail until the block ends."""
        return failing(self._process, *faults, trace=trace, path=path, also=also)

    def post_while(self, body: bytes, *faults: Fault, path: Path | None = None) -> tuple[httpx.Response, int]:
        """Post a webhook while calls fail; return the answer, and how many calls failed."""
        trace = self.trace()
        with self.failing(*faults, trace=trace, path=path):
            answer = self.answer(body)
        return answer, len(injected(trace))

    def answer(self, body: bytes) -> httpx.Response:
        """Post a webhook."""
        return self.site.post_call(body, client=self.client)

    def post(self, body: bytes) -> int:
        """Post a webhook on a disk that works; return the status."""
        return self.answer(body).status_code

    def receipts(self, body: bytes) -> int:
        """Return how many receipts a body has, after checking every new event against its receipt."""
        return sum(event.receipt.sha256 == sha256_of(body) for event in checked(self.log.read(self._place)))

    def final(self, body: bytes) -> Path:
        """Return the path of a body's file."""
        return self.site.payloads / file_body(body, sha256_of(body)).path

    def traces(self, body: bytes) -> set[str]:
        """Return the traces of a body beside receipts: its file, its folder, any drafts."""
        final = self.final(body)
        there = {path.relative_to(self.site.payloads).as_posix() for path in (final, final.parent) if path.exists()}
        return there | self.drafts()

    def drafts(self) -> set[str]:
        """Return the names of all drafts, and of their notes."""
        return {path.name for path in self.incoming.iterdir()}


def running(site: Site, scratch: Path) -> Iterator[Disk]:
    with site.ingress() as process, site.client() as client:
        disk = Disk(site, client, process.pid, scratch)
        assert disk.post(disk.body()) == 200
        yield disk


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """One ingress for many faults: each test shows that it survived those before."""
    yield from running(Site(tmp_path_factory.mktemp("site")), tmp_path_factory.mktemp("traces"))


@pytest.fixture
def fresh_disk(site: Site, tmp_path: Path) -> Iterator[Disk]:
    """An ingress for one test alone."""
    yield from running(site, tmp_path)


def checked(events: Iterable[Event | DamagedLine]) -> Iterator[Event]:
    """Yield events, each of which must match its receipt."""
    for event in events:
        assert isinstance(event, Event)
        assert event.is_chained
        assert event.body()
        yield event


def assert_refused(answer: httpx.Response) -> None:
    """Assert that an answer is our 503, which asks for a retry."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"] == str(RETRY_AFTER_S)
    assert answer.json().keys() == {"status", "message", "request_id"}
    assert answer.json()["status"] == "error"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize("error", [*_ERRORS, "EINTR"])
@pytest.mark.parametrize("syscall", _CALLS)
def test_call_that_fails_refuses_the_webhook_and_leaves_nothing(disk: Disk, syscall: str, error: str) -> None:
    """Whichever call of an append fails, a 503 leaves nothing, a 200 is kept, and a retry is one event."""
    for number in range(1, _CALLS[syscall] + 1):
        body = disk.body()
        answer, failed = disk.post_while(body, Fault(syscall, error, f"{number}"))
        assert failed == 1
        # Python itself retries most calls that a signal has interrupted (PEP 475).
        if answer.status_code == 200 and error == "EINTR":
            assert disk.receipts(body) == 1
        else:
            assert_refused(answer)
            assert disk.receipts(body) == 0
            assert disk.traces(body) == set()
        assert disk.post(body) == 200
        assert disk.receipts(body) == 1
        assert not disk.drafts()


@pytest.mark.parametrize("error", _ERRORS)
@pytest.mark.parametrize("syscall", ["fsync", "link", "mkdir"])
def test_fault_that_lasts_leaves_nothing(disk: Disk, syscall: str, error: str) -> None:
    """If all calls fail from one on until the webhook is refused, the refused webhook leaves nothing either."""
    for number in range(1, _CALLS[syscall] + 1):
        body = disk.body()
        answer, failed = disk.post_while(body, Fault(syscall, error, f"{number}+"))
        assert failed >= 1
        assert_refused(answer)
        assert disk.receipts(body) == 0
        assert disk.traces(body) == set()
        assert disk.post(body) == 200
        assert disk.receipts(body) == 1


@pytest.mark.parametrize("error", _ERRORS)
def test_log_that_opens_nothing_leaves_no_file_that_is_not_accounted_for(disk: Disk, error: str) -> None:
    """
    If even the lock cannot be opened, a file that has its name cannot lose it again, because another worker may have
    given it a receipt. It stays in doubt, with its draft, and the next append, of any body, makes it an event, as with
    a dead worker's draft. The body was signed, and a retry of the sender adds nothing.
    """
    in_doubt = []
    for number in range(1, _CALLS["openat"] + 1):
        body = disk.body()
        answer, _ = disk.post_while(body, Fault("openat", error, f"{number}+"))
        assert_refused(answer)
        assert disk.receipts(body) == 0
        if disk.traces(body):
            assert disk.final(body).stat().st_nlink == 2
            assert {Path(name).suffix for name in disk.drafts()} == {".body", ".receipt"}
            in_doubt.append(number)
            if number % 2:
                assert disk.post(disk.body()) == 200
                assert disk.receipts(body) == 1
        assert disk.post(body) == 200
        assert disk.receipts(body) == 1
        assert not disk.drafts()
        assert disk.final(body).stat().st_nlink == 1
    assert in_doubt == [6, 7, 8, 9]  # from the fsync of its folder on


def test_draft_that_cannot_be_removed_is_no_second_event(fresh_disk: Disk) -> None:
    """A durable body is answered 200 although its draft stays; the next start removes the draft and adds nothing."""
    disk = fresh_disk
    body = disk.body()
    answer, failed = disk.post_while(body, Fault("unlink", "EIO"))
    assert (answer.status_code, failed >= 1) == (200, True)
    assert disk.drafts()
    assert disk.receipts(body) == 1
    with Site(disk.site.folder).ingress():
        assert disk.receipts(body) == 1
        assert not disk.drafts()


@pytest.mark.parametrize("is_retried", [True, False])
def test_refused_draft_that_cannot_be_removed_is_one_event_at_most(fresh_disk: Disk, *, is_retried: bool) -> None:
    """
    A refused draft that could not be removed is no event yet. The next start makes it one, as with a dead worker's
    complete draft: it was signed, ElevenLabs may never send it again, and if it does, that adds nothing.
    """
    disk = fresh_disk
    body = disk.body()
    answer, _ = disk.post_while(body, Fault("link", "EIO"), Fault("unlink", "EIO"))
    assert_refused(answer)
    assert disk.receipts(body) == 0
    assert not disk.final(body).exists()
    assert {Path(name).suffix for name in disk.drafts()} == {".body", ".receipt"}
    if is_retried:
        assert disk.post(body) == 200
        assert disk.receipts(body) == 1
    with Site(disk.site.folder).ingress():
        assert disk.receipts(body) == 1
        assert not disk.drafts()


def test_failed_fsync_of_the_journal_refuses_all_who_waited(fresh_disk: Disk) -> None:
    """
    A journal that cannot be made durable is cut back, and all waiting webhooks are answered 503. The lines are written
    anew before the next fsync counts, because after a failed fsync the kernel may call the same pages clean.
    """
    disk = fresh_disk
    first = disk.log.tail()
    before, files = disk.journal.read_bytes(), sorted(disk.site.payloads.iterdir())
    bodies = [disk.body() for _ in range(40)]
    trace = disk.trace()
    also = "write,ftruncate"
    with ThreadPoolExecutor(16) as threads:
        with disk.failing(Fault("fsync", "EIO"), trace=trace, path=disk.journal, also=also):
            for answer in threads.map(disk.answer, bodies):
                assert_refused(answer)
        assert disk.journal.read_bytes() == before
        assert sorted(disk.site.payloads.iterdir()) == files
        assert not disk.drafts()
        after = disk.trace()
        with disk.failing(Fault("fsync", "EIO", "9999"), trace=after, path=disk.journal, also=also):
            assert {answer.status_code for answer in threads.map(disk.answer, bodies)} == {200}

    # Each failed fsync is followed by the cut, before any other write; none is tried twice.
    names = [call.name for call in read_trace_file(trace)]
    assert names == ["write", "fsync", "ftruncate"] * (len(names) // 3)
    cuts = {call.arguments.split(", ")[1] for call in read_trace_file(trace) if call.name == "ftruncate"}
    assert cuts == {str(len(before))}
    names = [call.name for call in read_trace_file(after)]
    assert names == ["write", "fsync"] * (len(names) // 2)
    assert Counter(event.body() for event in checked(disk.log.read(first))) == Counter(bodies)
    assert disk.journal.read_bytes().startswith(before)


@pytest.mark.parametrize("error", _ERRORS)
def test_large_body_that_finds_no_room_leaves_nothing(disk: Disk, error: str) -> None:
    """A large body that streams into a draft, and then finds no room, is refused and removed."""
    body = disk.body(words="word " * 400_000)
    cut = 1_700_000  # above the limit for memory; the rest is written when the body is complete
    trace = disk.trace()

    with ExitStack() as stack:

        def pieces() -> Iterator[bytes]:
            yield body[:cut]
            while not (drafts := list(disk.incoming.glob("*.body"))) or not drafts[0].stat().st_size:
                time.sleep(0.005)
            stack.enter_context(disk.failing(Fault("write", error), trace=trace, path=drafts[0]))
            yield body[cut:]

        answer = disk.client.post("/webhook/post-call", content=pieces(), headers=signed(body))
    assert_refused(answer)
    assert len(injected(trace)) == 1
    assert disk.receipts(body) == 0
    assert disk.traces(body) == set()
    assert disk.post(body) == 200
    assert disk.receipts(body) == 1


@pytest.mark.parametrize(("syscall", "error"), [("fsync", "EIO"), ("openat", "ENOSPC")])
def test_health_says_when_nothing_can_be_appended(disk: Disk, syscall: str, error: str) -> None:
    """While the disk fails, /health is 503 and says so; it returns to 200 by itself."""
    assert disk.site.health_answer().status_code == 200
    with disk.failing(Fault(syscall, error, "1"), trace=disk.trace()):
        answer = disk.site.health_answer()
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert "log" in answer.json()["degraded"]
    assert answer.json()["log"]["writable"] is False
    assert disk.site.health_answer().status_code == 200
