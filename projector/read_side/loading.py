"""
Loads at the start what a process would else import or read with the first call that needs it.

An installation may be replaced, or its disk go away, while a process runs. What it has not loaded by then it cannot
load, and a library that was in the middle of loading may never answer again.
"""

from events.wire.caller import load_numbers
from events.wire.timezone import load_zones, zones_version
from projector.domain.redaction.sensitive_numbers import load_rules
from projector.engines.registry import load
from projector.engines.settings import EMBEDDED


def load_before_work(engine: str) -> None:
    """
    Load all that folding, searching and greeting need.

    Args:
        engine: the name of the memory engine that is set; what is live may still be that of the embedded one.
    """
    load_numbers()
    load_zones()
    zones_version()
    load_rules()
    for name in {EMBEDDED, engine}:
        load(name)
