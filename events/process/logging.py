"""
The logs of our processes: one JSON object per line on stdout, or readable lines on a terminal.

No secret, no words of a call and no full phone number is ever logged. The code that logs a caller masks the key first.
"""

import logging
import sys
from typing import Any

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger, Processor


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
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stdout.isatty()
        else structlog.processors.JSONRenderer(serializer=_to_json)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_NamedLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    logging.basicConfig(level=max(logging.WARNING, logging.getLevelName(level.upper())), handlers=[handler], force=True)


def get_logger(name: str) -> FilteringBoundLogger:
    """Return the logger of one subject: `webhook`, `projection`, `engine` or `error`."""
    logger: FilteringBoundLogger = structlog.get_logger(name)
    return logger


class _NamedLogger(structlog.WriteLogger):
    """Writes to stdout, and carries the name that `add_logger_name` puts into each line."""

    def __init__(self, name: str = "error") -> None:
        super().__init__(sys.stdout)
        self.name = name


def _to_json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
