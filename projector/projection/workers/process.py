"""
One worker process of a replay: see `projector.projection.workers.pool`.

It reads tasks from a pipe until the replay closes that, or dies: then it ends at once, even within a task. A replay of
one day's calls takes hardly longer than a new interpreter takes to start, so it imports only what every task needs.
"""

import gc
import os
import select
import signal
import sys
from contextlib import suppress
from threading import Thread
from typing import IO, NoReturn

import msgspec

from events.open_log import open_bodies
from projector.projection.workers.messages import FoldTask, ReadTask, Start, WipeTask, read_message, write_message
from projector.projection.workers.work import OBJECTS_BETWEEN_COLLECTIONS, fold_callers, read_calls, wipe_part


def _serve(tasks: IO[bytes], answers: IO[bytes]) -> None:
    start = msgspec.msgpack.decode(read_message(tasks), type=Start)
    settings, log = start.settings, open_bodies(start.location)
    decoder = msgspec.msgpack.Decoder(ReadTask | FoldTask | WipeTask)
    encoder = msgspec.msgpack.Encoder()
    while True:
        task = decoder.decode(read_message(tasks))
        if isinstance(task, ReadTask):
            write_message(answers, encoder.encode(read_calls(task.receipts, log, settings)))
        elif isinstance(task, FoldTask):
            write_message(answers, encoder.encode(fold_callers(task.callers, settings)))
        else:
            write_message(answers, encoder.encode(wipe_part(task)))


def _end_with_the_replay(tasks_fd: int) -> None:
    """End this process once nobody can write tasks any more, whatever is still in there."""
    # Asked for nothing, poll reports only that the other end of the pipe is closed.
    end = select.poll()
    end.register(tasks_fd, 0)
    end.poll()
    os._exit(0)


def work(tasks_fd: int, answers_fd: int) -> NoReturn:
    """Work until the replay closes the pipe of the tasks."""
    for number in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # a terminal sends them to the whole group; the replay decides when to stop
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    Thread(target=_end_with_the_replay, args=(tasks_fd,), daemon=True).start()
    with suppress(EOFError, BrokenPipeError):
        _serve(os.fdopen(tasks_fd, "rb"), os.fdopen(answers_fd, "wb"))
    os._exit(0)


def main() -> None:
    """Work on the tasks that come in at stdin, and answer on stdout."""
    answers_fd = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever is printed here must not be taken for an answer
    work(sys.stdin.fileno(), answers_fd)


if __name__ == "__main__":
    main()
