"""The secrets shared with ElevenLabs: lists that can be rotated, compared in constant time, printed never."""

import hmac
import re
from collections.abc import Iterable, Iterator

# What stands in an example file until somebody fills it in.
_PLACEHOLDER = re.compile(
    r"your[ _-].*|.*[ _-]here|change[ _-]?me.*|replace[ _-].*|placeholder|todo|<.*>|x{3,}|\*{3,}|\.{3,}",
    re.IGNORECASE,
)


def is_placeholder(secret: str) -> bool:
    """Tell whether a secret is empty or was copied from an example and never filled in."""
    return not secret.strip() or _PLACEHOLDER.fullmatch(secret.strip()) is not None


class Secrets:
    """
    The secrets of one webhook, the current and the rotated ones.

    Empty and placeholder secrets are left out, so that they never verify anything.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = tuple(secret for secret in secrets if not is_placeholder(secret))

    def __iter__(self) -> Iterator[str]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"<{len(self)} masked>"

    def match(self, given: str | None) -> bool:
        """Tell whether `given` is one of the secrets; takes as long for a near miss as for a hit."""
        return self.which(given) is not None

    def which(self, given: str | None) -> str | None:
        """Return the secret that `given` is, None where it is none; takes as long for a near miss as for a hit."""
        candidate = (given or "").encode("utf-8", "surrogatepass")
        matches = [hmac.compare_digest(candidate, secret.encode()) for secret in self._secrets]
        return next((secret for secret, is_match in zip(self._secrets, matches, strict=True) if is_match), None)
