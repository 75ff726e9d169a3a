"""Heads that were noted in another place: reads them, and compares them with the journal that is there now."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from events.errors import JournalError
from events.folder_log.journal import Journal
from events.folder_log.layout import NAME
from events.log.proof.head import Head, head_at
from events.log.proof.keys import LogKeys, Proof, named_key
from events.log.protocol import EventLog
from events.log.receipt import log_name, sha256_of
from events.process.terminal import printable
from events.verify.findings import Finding

_SHA256 = re.compile(r"[0-9a-fA-F]{64}")

_head = msgspec.json.Decoder(Head)


def read_heads(text: str) -> list[Head | str]:
    """
    Return the heads that a text notes, one a line: a line of `events head`, or a bare hash.

    Raises:
        ValueError: a line is neither.
    """
    heads: list[Head | str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if _SHA256.fullmatch(line):
            heads.append(line.lower())
            continue
        try:
            heads.append(_head.decode(line))
        except (msgspec.MsgspecError, UnicodeError):
            raise ValueError("is neither a SHA-256 of 64 hex digits nor a line that `events head` printed") from None
    if not heads:
        raise ValueError("holds no head")
    return heads


def head_of(log: EventLog, keys: LogKeys) -> Head:
    """
    Return the head of a log as it is now, signed if there is a key.

    Raises:
        JournalError: it has no event yet.
        OSError: it cannot be read.
    """
    if (tail := log.tail()) is None:
        raise JournalError(f"{log} holds no event, and so has no head")
    return head_at(tail, log=log.name(), at=datetime.now(UTC).replace(microsecond=0), keys=keys)


def current_head(folder: Path, keys: LogKeys) -> Head:
    """
    Return the head of the log in a folder as it is now, signed if there is a key; only reads.

    Raises:
        JournalError: there is no journal, it has no event yet, or its last line is no receipt.
    """
    journal = Journal(folder)
    tail = journal.tail()
    first = next((line for _, line in journal.lines(None)), None)
    if tail is None or first is None:
        raise JournalError(f"{folder} holds no event, and so has no head; is its disk mounted?")
    now = datetime.now(UTC).replace(microsecond=0)
    return head_at(tail, log=log_name(sha256_of(first)), at=now, keys=keys)


class NotedHeads:
    """
    Heads that were noted, while the lines of a journal pass by.

    Args:
        keys: those that may have signed; without any, signatures are not checked.
    """

    def __init__(self, heads: Iterable[Head | str], keys: LogKeys) -> None:
        self._heads = list(heads)
        self._keys = keys
        self._sought = {head if isinstance(head, str) else head.sha256 for head in self._heads}
        self._met: dict[str, int] = {}

    @property
    def unchecked(self) -> int:
        """How many signatures were not checked, for there is no key."""
        return 0 if self._keys else sum(isinstance(head, Head) and head.proof is not None for head in self._heads)

    def meet(self, position: int, sha256: str) -> None:
        """Take note of a line of the journal."""
        if sha256 in self._sought:
            self._met[sha256] = position

    def findings(self, log: str) -> Iterator[Finding]:
        """
        Yield what is wrong with the heads, once all lines have passed.

        Args:
            log: the name of the log.
        """
        for head in self._heads:
            if isinstance(head, Head):
                yield from self._signature(head)
                if head.log != log:
                    words = f"a head of another log was given: {printable(head.log)}, and this log is {log or 'empty'}"
                    yield Finding(what="cut", position=None, path=NAME, words=words)
                    continue
            sha256 = head if isinstance(head, str) else head.sha256
            if sha256 not in self._met:
                words = f"no line has the hash {printable(sha256)}: the journal was cut or rewritten before it"
                yield Finding(what="cut", position=None, path=NAME, words=words)
            elif isinstance(head, Head) and head.position != self._met[sha256]:
                words = f"the head that was given says position {head.position}, its line stands at {self._met[sha256]}"
                yield Finding(what="forged", position=None, path=NAME, words=words)

    def _signature(self, head: Head) -> Iterator[Finding]:
        proof = head.judge(self._keys)
        if not self._keys or proof in {Proof.PROVEN, Proof.ABSENT}:
            return
        of = f"the head of {head.at.isoformat()} at position {head.position}"
        if proof is Proof.UNKNOWN_KEY:
            words = f"{of} is signed with key {named_key(head.proof)}, and LOG_KEY holds {', '.join(self._keys)}"
            yield Finding(what="unproven", position=None, path=NAME, words=words)
        else:
            words = f"{of} was not signed with LOG_KEY"
            yield Finding(what="forged", position=None, path=NAME, words=words)
