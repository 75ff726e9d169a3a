"""
Loads at the start what a process would else import or read with the first call that needs it.

An installation may be replaced, or its disk go away, while a process runs. What it has not loaded by then it cannot
load, and a library that was in the middle of loading may never answer again.
"""

import pkgutil

import phonenumbers

from events.wire.timezone import load_zones, zones_version
from projector.domain.redaction.find_numbers import Text, find
from projector.engines.registry import load
from projector.engines.settings import EMBEDDED


def load_before_work(engine: str) -> None:
    """
    Load all that folding, searching and greeting need.

    Args:
        engine: the name of the memory engine that is set; what is live may still be that of the embedded one.
    """
    # Of all countries, and not with the first number of each: the library waits for ever once it cannot be read.
    phonenumbers.PhoneMetadata.load_all()
    load_zones()
    zones_version()
    _load_redaction()
    for name in {EMBEDDED, engine}:
        load(name)


def _load_redaction() -> None:
    # A number of each kind: to judge them imports the rules, with their tables.
    find((), [Text(words) for words in ("4111 1111 1111 1111", "SSN 123-45-6789", "DE89 3704 0044 0532 0130 00")])
    # An IBAN is judged by its country's rules too, and without them, silently, by the others alone.
    import stdnum  # noqa: PLC0415
    from stdnum.util import get_cc_module  # noqa: PLC0415

    for package in pkgutil.iter_modules(stdnum.__path__):
        if package.ispkg:
            get_cc_module(package.name.rstrip("_"), "iban")
