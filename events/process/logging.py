"""
The logs of our processes: one JSON object per line on stdout, or readable lines on a terminal.

No secret, no words of a call and no full phone number is ever logged. The code that logs a caller masks the key first.
Everything else may come from strangers: a line holds printable characters only, with escapes for all others.
"""

import json
import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import msgspec
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from events.process.terminal import printable, printable_block, printable_json

# The keys under which structlog puts text of several lines.
_BLOCKS = frozenset({"exception", "stack"})


def configure(*, level: str) -> None:
    """
    Send our log lines, and the warnings of libraries, to stdout.

    Args:
        level: the lowest level that is shown: `debug`, `info`, `warning` or `error`.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    rendering: list[Processor] = (
        [_escape, structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if sys.stdout.isatty()
        else [structlog.processors.JSONRenderer(serializer=_to_json)]
    )
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_NamedLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_Output())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level.upper())), handlers=[handler], force=True)


def get_logger(name: str) -> FilteringBoundLogger:
    """Return the logger of one subject: `webhook`, `projection`, `engine` or `error`."""
    logger: FilteringBoundLogger = structlog.get_logger(name)
    return logger


class _Output:
    """
    Standard output, as far as it takes anything.

    A line that cannot be written is lost: the disk is full, or nobody reads the pipe any more. Callers are greeted, and
    webhooks appended, all the same.
    """

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stdout.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stdout.flush()


class _NamedLogger(structlog.WriteLogger):
    """Writes to stdout, and carries the name that `add_logger_name` puts into each line."""

    def __init__(self, name: str = "error") -> None:
        super().__init__(cast("TextIO", _Output()))
        self.name = name


def _escape(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    # Before the renderer, not after it: the colours of a line are control sequences too.
    return {printable(str(key)): _escaped(key, value) for key, value in event.items()}


def _escaped(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else repr(value)
    return printable_block(text) if key in _BLOCKS else printable(text)


def _to_json(event: Any, **_: Any) -> str:
    try:
        line = msgspec.json.encode(event, enc_hook=str).decode()
    except UnicodeEncodeError:  # half of a surrogate pair, which the name of a file may hold
        return json.dumps(event, default=str)
    return printable_json(line)
