"""What a span may say: fixed names, and for each numbers, yes or no, or one of some words. Nothing else leaves."""

from collections.abc import Mapping

from events.log.filing import (
    AUDIO,
    CORRECTION,
    ERASURE,
    ERASURE_REQUEST,
    EXTRACTION,
    FAILURE,
    SEAL,
    TRANSCRIPTION,
    UNREADABLE,
)

Value = bool | int | str
OTHER = "other"
# Words that were not foreseen may have been chosen by a sender: they leave as `other`.
_WORDS: Mapping[str, frozenset[str]] = {
    "http.request.method": frozenset({"POST"}),
    "http.route": frozenset(
        {"/webhook/post-call", "/webhook/client-data", "/webhook/search-data", "/webhook/search-memory"}
    ),
    "error.type": frozenset({"set_aside", "unavailable", "unfinished", "failed"}),
    "elaoms.engine": frozenset({"embedded", "openmemory", "openmemory-server"}),
    "elaoms.kind": frozenset(
        {TRANSCRIPTION, AUDIO, FAILURE, UNREADABLE, EXTRACTION, CORRECTION, ERASURE, ERASURE_REQUEST, SEAL}
    ),
    "elaoms.source": frozenset({"webhook", "backfill", "import", "extraction", "erasure", "correction", "seal"}),
}
_NUMBERS = frozenset(
    {
        "http.response.status_code",
        "elaoms.confident",
        "elaoms.events",
        "elaoms.found",
        "elaoms.position",
        "elaoms.size_bytes",
    }
)
_FLAGS = frozenset(
    {
        "elaoms.is_degraded",
        "elaoms.is_duplicate",
        "elaoms.is_replay",
        "elaoms.is_returning",
    }
)
NAMES = _WORDS.keys() | _NUMBERS | _FLAGS


def allowed(attributes: Mapping[str, object]) -> dict[str, Value]:
    """Return those attributes that may leave; a word that is none of its attribute's is `other`."""
    kept: dict[str, Value] = {}
    for name, value in attributes.items():
        if name in _WORDS:
            kept[name] = value if isinstance(value, str) and value in _WORDS[name] else OTHER
        elif (name in _FLAGS and isinstance(value, bool)) or (
            name in _NUMBERS and isinstance(value, int) and not isinstance(value, bool)
        ):
            kept[name] = value
    return kept
