"""The order of an append's system calls, seen from outside: a body answered 200 was durable before."""

import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from msgspec import Struct

from events.folder_log.layout import NAME as JOURNAL
from events.log.receipt import Receipt
from tests.support.samples import audio, failure, transcription
from tests.support.servers import Site, loopback_client, signed
from tests.support.strace import needs_strace, watching, whole_trace
from tests.support.trace import Call

_CLIENTS = 24
_WRITES = {"write", "writev", "pwrite64", "sendto", "sendmsg"}
_FSYNCS = {"fsync", "fdatasync"}


class Answer(Struct, frozen=True):
    """A webhook that was answered 200."""

    request_id: str
    sha256: str


class Trace:
    """The calls that succeeded, by the file that they were upon."""

    def __init__(self, calls: Iterable[Call], folder: Path) -> None:
        self.folder = folder
        self.fsyncs: dict[str, list[Call]] = defaultdict(list)
        self.writes: dict[str, list[Call]] = defaultdict(list)
        self.links: dict[str, Call] = {}
        self.folders: dict[str, Call] = {}
        self.opened: dict[str, Call] = {}
        self.answers: dict[str, Call] = {}
        for call in calls:
            if call.error is None:
                self._sort(call)

    def _sort(self, call: Call) -> None:
        if call.name in _FSYNCS:
            self.fsyncs[call.path].append(call)
        elif call.name in {"link", "linkat"}:
            self.links[call.strings[1].decode()] = call
        elif call.name in {"mkdir", "mkdirat"}:
            self.folders[call.strings[0].decode()] = call
        elif call.name == "openat":
            self.opened.setdefault(call.strings[0].decode(), call)
        elif call.name in _WRITES and call.path.startswith("socket:"):
            head = b"".join(call.strings)
            if head.startswith(b"HTTP/1.1 200") and b"x-request-id: " in head:
                self.answers[head.split(b"x-request-id: ")[1].split(b"\r\n")[0].decode()] = call
        elif call.name in _WRITES:
            self.writes[call.path].append(call)

    def is_durable(self, path: str, *, after: Call, before: Call) -> bool:
        """Return whether a file or a folder was fsynced between two calls."""
        return any(after.is_before(fsync) and fsync.is_before(before) for fsync in self.fsyncs[path])

    def missing(self, answer: Answer, receipt: Receipt) -> list[str]:
        """Return the steps that were not done when the answer was sent."""
        final = self.folder / receipt.path
        journal = str(self.folder / JOURNAL)
        answered, link = self.answers[answer.request_id], self.links[str(final)]
        draft = link.strings[0].decode()
        written, opened = self.writes[draft], self.opened[draft]
        note = self.writes[notes_of(draft)]
        needle = b'"path":' + json.dumps(receipt.path).encode() + b","
        receipts = [call for call in self.writes[journal] if needle in b"".join(call.strings)]
        assert sum(int(call.result) for call in written) == receipt.size
        assert len(receipts) == 1
        proof = receipts[0]
        must = {
            "the payload is durable before its link": self.is_durable(draft, after=written[-1], before=link),
            "what was noted is durable before the link": self.is_durable(note[-1].path, after=note[-1], before=link),
            "the draft's name is durable before the link": self.is_durable(
                str(Path(draft).parent), after=opened, before=link
            ),
            "the event's name is durable before its receipt": self.is_durable(
                str(final.parent), after=link, before=proof
            ),
            "the receipt is durable before the answer": self.is_durable(journal, after=proof, before=answered),
            "the journal's name is durable before the answer": self.is_durable(
                str(self.folder), after=self.writes[journal][0], before=answered
            ),
        }
        for folder in final.relative_to(self.folder).parents:
            made = self.folders.get(str(self.folder / folder)) if folder.name else None
            if made is not None:
                words = "the names of new folders are durable before the receipt"
                is_kept = self.is_durable(str((self.folder / folder).parent), after=made, before=proof)
                must[words] = must.get(words, True) and is_kept
        return [promise for promise, is_kept in must.items() if not is_kept]


def notes_of(draft: str) -> str:
    """Return the file with the receipts of a draft's group."""
    return re.sub(r"-[0-9]+\.body$", ".receipt", draft)


def webhooks() -> list[bytes]:
    """Return webhooks of every kind, many of them repeated, in an order that is always the same."""
    bodies = [transcription(f"conv_new_{number}", f"This is call {number}.") for number in range(40)]
    bodies += [transcription(f"conv_known_{number % 6}", f"Version {number}.") for number in range(36)]
    bodies += [audio(f"conv_new_{number}") for number in range(4)] + [failure(f"conv_new_{n}") for n in range(4)]
    bodies += [b"not JSON, number %d" % number for number in range(8)]
    bodies += [json.dumps({"type": f"voice_{n % 3}_removed", "data": {"voice": n}}).encode() for n in range(9)]
    bodies += [transcription(f"conv_long_{number}", "word " * 300_000) for number in range(2)]
    bodies += bodies[::2] + bodies[::3]
    random.Random(4).shuffle(bodies)
    return bodies


def post_all(site: Site, bodies: list[bytes]) -> list[Answer]:
    """Post webhooks from many clients at once; each must be answered 200."""

    def post(body: bytes) -> Answer:
        answer = client.post(f"{site.url}/webhook/post-call", content=body, headers=signed(body))
        assert answer.status_code == 200, answer.text
        return Answer(answer.headers["x-request-id"], hashlib.sha256(body).hexdigest())

    limits = httpx.Limits(max_connections=_CLIENTS)
    with loopback_client(limits=limits) as client, ThreadPoolExecutor(_CLIENTS) as threads:
        return list(threads.map(post, bodies))


def broken(trace: Trace, answers: list[Answer], receipts: dict[str, Receipt]) -> set[str]:
    """Return the promises that any of the answers broke."""
    return {promise for answer in answers for promise in trace.missing(answer, receipts[answer.sha256])}


def without(calls: list[Call], names: set[str], is_upon: Callable[[str], bool]) -> list[Call]:
    """Return the calls as if the server had left some of them out."""
    return [call for call in calls if not (call.name in names and is_upon(call.path))]


@needs_strace
@pytest.mark.parametrize("workers", [1, 2])
def test_answer_comes_after_all_is_durable(tmp_path: Path, workers: int) -> None:
    """Whatever comes at once, payload, link, its folder and receipt are each durable in this order before the 200."""
    site = Site(tmp_path, INGRESS_WORKERS=str(workers), LOG_LEVEL="warning")
    trace = tmp_path / "trace"
    bodies = webhooks()
    with site.ingress(under=watching(trace)) as process:
        # The first one alone: no other fsync then makes the new journal's name durable for it.
        answers = post_all(site, bodies[:1]) + post_all(site, bodies[1:])
    calls = whole_trace(trace, process)
    receipts = {event.receipt.sha256: event.receipt for event in site.events()}

    assert len(answers) == len(bodies)
    assert receipts.keys() == {answer.sha256 for answer in answers}
    writers = {call.thread for call in calls if call.name in {"link", "linkat"}}
    assert len(writers) > 1
    groups = Counter(notes_of(call.strings[0].decode()) for call in calls if call.name in {"link", "linkat"})
    assert max(groups.values()) > 1  # or the test proved nothing about shared fsyncs
    assert broken(Trace(calls, site.payloads), answers, receipts) == set()

    # A server that left out any of these calls would not pass.
    folder = str(site.payloads)
    left_out: dict[str, Callable[[str], bool]] = {
        "the payload is durable before its link": lambda path: path.endswith(".body"),
        "what was noted is durable before the link": lambda path: path.endswith(".receipt"),
        "the draft's name is durable before the link": lambda path: path.endswith("/.incoming"),
        "the event's name is durable before its receipt": lambda path: path.startswith(f"{folder}/conv_new_"),
        "the names of new folders are durable before the receipt": lambda path: path == folder,
        "the journal's name is durable before the answer": lambda path: path == folder,
        "the receipt is durable before the answer": lambda path: path == f"{folder}/{JOURNAL}",
    }
    for promise, is_upon in left_out.items():
        assert promise in broken(Trace(without(calls, _FSYNCS, is_upon), site.payloads), answers, receipts)
