"""
What both processes say while they run: one JSON object per line on stdout, or readable lines on a terminal.

Secrets, words of a call and full phone numbers never get here; callers are masked by who logs them.
"""

import logging
import sys
from typing import Any

import msgspec
import structlog
from structlog.typing import FilteringBoundLogger, Processor


def configure(*, level: str) -> None:
    """Send the log, and what libraries log, to stdout from `level` (`debug`, `info`, `warning`, `error`) on."""
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
    """Return the logger of one concern: `webhook`, `projection`, `engine` or `error`."""
    logger: FilteringBoundLogger = structlog.get_logger(name)
    return logger


class _NamedLogger(structlog.WriteLogger):
    """Writes to stdout, and knows whose logger it is."""

    def __init__(self, name: str = "error") -> None:
        super().__init__(sys.stdout)
        self.name = name


def _to_json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
