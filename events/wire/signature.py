"""The signature of a webhook: signs a body as ElevenLabs does, and verifies one while it streams in."""

import hashlib
import hmac
import re

from events.errors import SignatureError, UntimelySignatureError
from events.wire.shared_secrets import Secrets

TOLERANCE_S = 30 * 60
SKEW_S = 5 * 60
HEADER_CHARS_MAX = 4096

_ENTRY = re.compile(r"[a-z][a-z0-9]{0,15}=[!-+\--~]+")  # key=value, of printable ASCII without a comma
_TIMESTAMP = re.compile(r"t=([0-9]{1,12})")
_DIGEST = re.compile(r"v0=([0-9a-fA-F]{64})")
_USUAL = re.compile(r"t=([0-9]{1,12}),v0=[0-9a-fA-F]{64}")


class Verifier:
    """
    Verifies the `elevenlabs-signature` of one webhook over the raw bytes of its body.

    Args:
        header: the header as it came, `t=<unix seconds>,v0=<hex HMAC-SHA256 of "{t}.{body}">`. It may hold several
            `v0`; one that matches is enough.
        keys: the secrets that may have signed.
        now_s: the present, Unix seconds; None accepts a signature of any age, for an event that is in the log.
        tolerance_s: how old a signature may be, seconds.

    Raises:
        UntimelySignatureError: the header is outside the tolerance. The body need not be read then.
        SignatureError: the header is missing or malformed. The body need not be read then.

    Source: ElevenLabs' webhook documentation. On well-formed headers this agrees with the SDK's
        `webhooks.construct_event`; on others it is stricter (future timestamps, constant time, non-numeric `t`).
    """

    def __init__(
        self, header: str | None, keys: Secrets, *, now_s: float | None, tolerance_s: int = TOLERANCE_S
    ) -> None:
        timestamp, self._digests = _parse(header)
        age_s = 0.0 if now_s is None else now_s - int(timestamp)
        if not -SKEW_S <= age_s <= tolerance_s:
            raise UntimelySignatureError(round(age_s))
        prefix = f"{timestamp}.".encode()
        self._macs = [hmac.new(secret.encode(), prefix, hashlib.sha256) for secret in keys]

    def update(self, chunk: bytes) -> None:
        """Take the next piece of the body."""
        for mac in self._macs:
            mac.update(chunk)

    def verify(self) -> None:
        """
        Check the signature of the whole body, after its last piece.

        Raises:
            SignatureError: none of the digests in the header was made with one of the secrets.
        """
        is_match = False
        for mac in self._macs:
            digest = mac.digest()
            for given in self._digests:
                is_match |= hmac.compare_digest(digest, given)
        if not is_match:
            raise SignatureError("the signature does not match the body under any secret that is set")


def sign(body: bytes, secret: str, *, timestamp_s: int) -> str:
    """Return the signature header of `body` as ElevenLabs would send it at `timestamp_s` (Unix seconds)."""
    mac = hmac.new(secret.encode(), b"%d." % timestamp_s + body, hashlib.sha256)
    return f"t={timestamp_s},v0={mac.hexdigest()}"


def signed_at_s(header: str | None) -> int | None:
    """Return when a webhook was signed, Unix seconds by ElevenLabs' clock; None for a header that does not say."""
    # A replay asks this of every event; to read each entry takes ten times as long.
    if header and (usual := _USUAL.fullmatch(header)):
        return int(usual[1])
    try:
        return int(_parse(header)[0])
    except SignatureError:
        return None


def _parse(header: str | None) -> tuple[str, list[bytes]]:
    if not header:
        raise SignatureError("the elevenlabs-signature header is missing")
    if len(header) > HEADER_CHARS_MAX:
        raise SignatureError("the elevenlabs-signature header is too long")
    entries = header.split(",")
    if not all(_ENTRY.fullmatch(entry) for entry in entries):
        raise SignatureError("the elevenlabs-signature header is malformed")
    timestamps = [match[1] for entry in entries if (match := _TIMESTAMP.fullmatch(entry))]
    digests = [bytes.fromhex(match[1]) for entry in entries if (match := _DIGEST.fullmatch(entry))]
    if sum(entry.startswith("t=") for entry in entries) != 1 or not timestamps or not digests:
        raise SignatureError("the elevenlabs-signature header needs one t=<unix seconds> and a v0=<64 hex digits>")
    return timestamps[0], digests
