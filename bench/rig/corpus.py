"""Makes any number of calls, the same ones on every run, and writes logs of them without waiting for the disk."""

import os
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import msgspec

from events.disk.durable import make_folder
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.receipt import HEADER, Receipt, sha256_of
from tests.support.samples import NOON_S, transcription

TURNS = 8
_NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_VOWELS, _CONSONANTS = "aeiou", "bcdfghklmnprstvz"
_VOCABULARY = 20_000
# Of those that are no calls.
_EVENTS_PER_CONVERSATION = 500
_FREQUENT = (
    "the",
    "I",
    "and",
    "to",
    "a",
    "you",
    "it",
    "that",
    "of",
    "in",
    "is",
    "was",
    "my",
    "for",
    "on",
    "have",
    "do",
)
_TOPICS = ("delivery", "invoice", "appointment", "refund", "order", "prescription", "address", "password")


def caller(number: int) -> str:
    """Return the number of a caller."""
    return f"+1202{number:07d}"


def words(number: int, count: int) -> str:
    """Return a sentence. As in speech, a few of its words are frequent and most are rare."""
    dice = random.Random(number)
    return " ".join(_word(int(dice.paretovariate(0.3)) % _VOCABULARY) for _ in range(count)).capitalize() + "."


@lru_cache(_VOCABULARY)
def _word(rank: int) -> str:
    if rank <= len(_FREQUENT):
        return _FREQUENT[rank - 1]
    dice = random.Random(rank)
    return "".join(dice.choice(_CONSONANTS) + dice.choice(_VOWELS) for _ in range(dice.randint(1, 4)))


def call(number: int, *, callers: int, first: int = 0, turns: int = TURNS) -> bytes:
    """
    Return the webhook of a call. Call `number` is from caller `number` modulo `callers`, a day after the one before.

    Args:
        first: the number of the first caller.
    """
    who = first + number % callers
    topic = _TOPICS[number % len(_TOPICS)]
    said = [words(number * turns + turn, 12) for turn in range(turns)]
    return transcription(
        conversation_id(number),
        f"I am calling about my {topic}.",
        *said,
        caller=caller(who),
        at_s=NOON_S + 86_400 * (number // callers) + number % callers,
        summary=f"The caller asked about the {topic}. {words(number, 20)}",
        user_name=f"Caller {who}",
        topic=topic,
    )


def conversation_id(number: int) -> str:
    """Return the id of a call."""
    return f"conv_{number:07d}"


def write_log(folder: Path, bodies: Iterable[tuple[str, bytes]]) -> None:
    """
    Write a log of transcriptions as the product does, but without the fsyncs.

    Args:
        bodies: the id and the webhook of each conversation.
    """
    make_folder(folder)
    (folder / NAME).write_bytes(HEADER + b"\n")
    _append(folder, _transcriptions(folder, bodies), position=0, previous=sha256_of(HEADER))


def lengthen(folder: Path, *, to: int) -> None:
    """Append events of another kind to a log, until it lists `to` events."""
    tail = FolderLog(folder, is_watching=False).tail()
    assert tail is not None
    numbers = range(tail.position, to)
    _append(folder, (_other(folder, number) for number in numbers), position=tail.position, previous=tail.sha256)


def _append(folder: Path, receipts: Iterable[Receipt], *, position: int, previous: str) -> None:
    with (folder / NAME).open("ab") as journal:
        for receipt in receipts:
            position += 1
            line = msgspec.structs.replace(receipt, position=position, previous=previous).line()
            previous = sha256_of(line)
            journal.write(line + b"\n")


def _transcriptions(folder: Path, bodies: Iterable[tuple[str, bytes]]) -> Iterator[Receipt]:
    for id_, body in bodies:
        path = f"{id_}/{id_}_transcription.json"
        os.mkdir(folder / id_, 0o700)  # noqa: PTH102 - a hundred thousand times
        (folder / path).write_bytes(body)
        yield _receipt("transcription", id_, path, body)


def _other(folder: Path, number: int) -> Receipt:
    body = b'{"type": "alert", "data": {"number": %d}}' % number
    id_ = conversation_id(-(number // _EVENTS_PER_CONVERSATION))
    path = f"{id_}/{id_}_other-alert.{sha256_of(body)[:12]}.json"
    (folder / id_).mkdir(mode=0o700, exist_ok=True)
    (folder / path).write_bytes(body)
    return _receipt("other-alert", id_, path, body)


def _receipt(kind: str, id_: str, path: str, body: bytes) -> Receipt:
    return Receipt(
        position=0,
        received_at=_NOW,
        kind=kind,
        conversation_id=id_,
        path=path,
        sha256=sha256_of(body),
        size=len(body),
        source="webhook",
        signature="t=1762948800,v0=" + "a" * 64,
    )
