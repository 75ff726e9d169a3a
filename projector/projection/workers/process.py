"""
A process that does for a replay what needs no database: see `projector.projection.workers.pool`.

It reads tasks from stdin until that is closed, and outlives no replay. Nobody waits for a replay of a day's calls but
for this to start: it imports what every task needs, and nothing else.
"""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from events.log.event import Event
from events.log.receipt import Place
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.messages import FoldTask, ReadTask, read_message, write_message
from projector.projection.workers.work import fold_caller, read_call


def _serve(tasks: IO[bytes], answers: IO[bytes]) -> None:
    settings = msgspec.msgpack.decode(read_message(tasks), type=ProjectionSettings)
    decoder = msgspec.msgpack.Decoder(ReadTask | FoldTask)
    encoder = msgspec.msgpack.Encoder()
    while True:
        task = decoder.decode(read_message(tasks))
        if isinstance(task, ReadTask):
            write_message(answers, encoder.encode([read_call(event, settings) for event in _events(task)]))
        else:
            write_message(answers, encoder.encode([fold_caller(bodies, settings) for bodies in task.callers]))


def _events(task: ReadTask) -> Iterator[Event]:
    folder, nowhere = Path(task.folder), Place(0, 0, "")
    return (Event(receipt, nowhere, is_chained=True, path=folder / receipt.path) for receipt in task.receipts)


def main() -> None:
    """Work until nobody asks any more."""
    for number in (signal.SIGINT, signal.SIGTERM):  # which may come to all of a group; who asks decides when to stop
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is said here must not be taken for an answer
    try:
        _serve(sys.stdin.buffer, answers)
    except (EOFError, BrokenPipeError):
        os._exit(0)


if __name__ == "__main__":
    main()
