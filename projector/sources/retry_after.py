"""How long a server asks us to wait."""

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """
    Return how many seconds an answer asks us to wait; None if it does not.

    Args:
        headers: of the answer, their names in lower case.

    Source: RFC 9110, section 10.2.3: seconds, or a date.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
