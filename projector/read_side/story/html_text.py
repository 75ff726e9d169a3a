"""Text as HTML: what callers said is text on a page, and nothing else."""

import re
from html import escape

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def html_text(text: str) -> str:
    """Return text as HTML, without characters that turn the direction of what follows, or that nobody can see."""
    return escape(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text), quote=True)


def anchor(conversation_id: str) -> str:
    """Return the id that a call has on the page."""
    return f"call-{html_text(conversation_id)}"
