"""The secrets that we share with ElevenLabs. They can be rotated, compare in constant time, and never print."""

import hmac
import re
from collections.abc import Iterable, Iterator

# What example files hold in place of a secret.
_PLACEHOLDER = re.compile(
    r"your[ _-].*|.*[ _-]here|change[ _-]?me.*|replace[ _-].*|placeholder|todo|<.*>|x{3,}|\*{3,}|\.{3,}",
    re.IGNORECASE,
)


def is_placeholder(secret: str) -> bool:
    """Return whether a secret is empty, or was copied from an example file and never filled in."""
    return not secret.strip() or _PLACEHOLDER.fullmatch(secret.strip()) is not None


class Secrets:
    """
    The secrets of one webhook: the current one, and the ones that are being rotated out.

    Empty and placeholder secrets are dropped, so that they never verify anything.
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
        """Return whether `given` is one of the secrets. A near miss takes as long as a hit."""
        return self.which(given) is not None

    def which(self, given: str | None) -> str | None:
        """Return the secret that equals `given`, None if there is none. A near miss takes as long as a hit."""
        candidate = (given or "").encode("utf-8", "surrogatepass")
        matches = [hmac.compare_digest(candidate, secret.encode()) for secret in self._secrets]
        return next((secret for secret, is_match in zip(self._secrets, matches, strict=True) if is_match), None)
