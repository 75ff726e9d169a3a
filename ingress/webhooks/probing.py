"""The probe of `ingress doctor`: a signed body that shows that webhooks get through, and that is never appended."""

import hashlib
import hmac

from events.errors import SignatureError
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier, sign

# An entry of the signature header. ElevenLabs sends `t` and `v0` alone.
_MARK = "probe=1"
_PURPOSE = b"elaoms probe 1"


class ProbeReceivedError(SignatureError):
    """
    A body is a probe: signed with the probe's key, and with no secret of the post-call webhook. Nothing was kept.

    `size` is that of the body as it came in, in bytes.
    """

    def __init__(self, size: int) -> None:
        super().__init__("a probe, which is not appended")
        self.size = size


def verifier_of(header: str | None, keys: Secrets, *, now_s: float, tolerance_s: int) -> Verifier:
    """
    Return the verifier of a webhook, which knows a probe where the header is marked as one.

    A webhook that ElevenLabs signed is taken in either case, whatever marks its header carries.

    Raises:
        SignatureError, UntimelySignatureError: as `Verifier`.
    """
    kind = _ProbeVerifier if header is not None and _MARK in header.split(",") else Verifier
    return kind(header, keys, now_s=now_s, tolerance_s=tolerance_s)


def sign_probe(body: bytes, secret: str, *, timestamp_s: int) -> str:
    """Return the signature header of a probe. A secret of the post-call webhook is needed to make one."""
    return f"{sign(body, probe_key(secret), timestamp_s=timestamp_s)},{_MARK}"


def probe_key(secret: str) -> str:
    """
    Return the key that signs probes, derived from a secret of the post-call webhook.

    Another key than the secret itself: so nothing that ElevenLabs ever signs is a probe, and no probe is ever a
    webhook, not even to a release that does not know probes.
    """
    return hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).hexdigest()


class _ProbeVerifier(Verifier):
    """Verifies a webhook as any other; where that fails, tells whether it is a probe."""

    def __init__(self, header: str | None, keys: Secrets, *, now_s: float | None, tolerance_s: int) -> None:
        super().__init__(header, keys, now_s=now_s, tolerance_s=tolerance_s)
        probe_keys = Secrets(probe_key(secret) for secret in keys)
        self._probe = Verifier(header, probe_keys, now_s=now_s, tolerance_s=tolerance_s)
        self._size = 0

    def update(self, chunk: bytes) -> None:
        super().update(chunk)
        self._probe.update(chunk)
        self._size += len(chunk)

    def verify(self) -> None:
        try:
            super().verify()
        except SignatureError:
            self._probe.verify()
            raise ProbeReceivedError(self._size) from None
