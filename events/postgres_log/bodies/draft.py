"""A draft of a log in PostgreSQL: a body that streams in, in memory, and in a file without a name once it is long."""

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO

from events.errors import BodyTooLargeError, os_errors_as_log_closed
from events.log.filing import Filing, file_body
from events.postgres_log.bodies.sealing import PART_BYTES
from events.wire.outline import Outline


class PostgresDraft:
    """
    A draft of the log in PostgreSQL; keeps the promises of `Draft`.

    Nothing of it is in the database before it is published, and its file has no name: a process that dies leaves none.
    As much of it as is in one row stays in memory.

    Args:
        spool: the folder for long bodies.
        body_bytes_max: the cap.
    """

    def __init__(self, spool: Path, *, body_bytes_max: int) -> None:
        self._spool = spool
        self._body_bytes_max = body_bytes_max
        self._pending = bytearray()
        self._file: IO[bytes] | None = None
        self._hash = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> "PostgresDraft":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.discard()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the body so far, in lower-case hex."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Take the next piece of the body, as `Draft.write` promises."""
        self.size += len(chunk)
        if self.size > self._body_bytes_max:
            raise BodyTooLargeError(f"the body is larger than {self._body_bytes_max} bytes")
        self._hash.update(chunk)
        self._pending += chunk
        if len(self._pending) > PART_BYTES:
            with os_errors_as_log_closed():
                self._spill()

    def filing(self) -> Filing:
        """Return where the body, now whole, belongs, as `Draft.filing` promises."""
        outline = Outline()
        with os_errors_as_log_closed():
            for part in self.parts():
                outline.feed(part)
        return file_body(outline.text(), self.sha256)

    def parts(self) -> Iterator[bytes]:
        """
        Yield the body in parts of 1 MiB; an empty body has one part.

        Raises:
            OSError: the file cannot be read.
        """
        if self._file is None:
            yield from (bytes(self._pending[at : at + PART_BYTES]) for at in range(0, max(1, self.size), PART_BYTES))
            return
        self._spill()
        self._file.seek(0)
        while part := self._file.read(PART_BYTES):
            yield part

    def discard(self) -> None:
        """Remove the file, as `Draft.discard` promises."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._spool, buffering=0)  # noqa: SIM115 - `discard` closes it
        self._file.seek(0, 2)
        written = 0
        while written < len(self._pending):
            with memoryview(self._pending) as view:
                written += self._file.write(view[written:])
        self._pending.clear()
