"""A probe is recognised by its key, and nothing that ElevenLabs signs is ever one."""

import pytest

from events.errors import SignatureError, UntimelySignatureError
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier, sign
from ingress.webhooks.probing import ProbeReceivedError, probe_key, sign_probe, verifier_of

KEYS = Secrets(["wsec_today", "wsec_former"])
BODY = b'{"type": "post_call_transcription", "data": {}}'
NOW_S = 1_764_000_000


def verify(header: str | None, body: bytes = BODY, *, at_s: float = NOW_S, keys: Secrets = KEYS) -> None:
    verifier = verifier_of(header, keys, now_s=at_s, tolerance_s=1800)
    verifier.update(body[:7])
    verifier.update(body[7:])
    verifier.verify()


@pytest.mark.parametrize("secret", ["wsec_today", "wsec_former"])
def test_probe_is_recognised_with_its_size(secret: str) -> None:
    """A probe under any secret that is set is known as one, whatever its body says."""
    with pytest.raises(ProbeReceivedError) as caught:
        verify(sign_probe(BODY, secret, timestamp_s=NOW_S))
    assert caught.value.size == len(BODY)


@pytest.mark.parametrize("mark", ["", ",probe=1", ",probe=1,probe=1", ",probe=2", ",v1=abc,probe=1"])
@pytest.mark.parametrize("body", [BODY, b'{"type": "elaoms_probe"}', b""])
def test_what_elevenlabs_signs_is_never_a_probe(mark: str, body: bytes) -> None:
    """A webhook under a real secret verifies, and so is appended, also if somebody marks its header as a probe's."""
    verify(sign(body, "wsec_today", timestamp_s=NOW_S) + mark, body)


@pytest.mark.parametrize(
    "header",
    [
        sign(BODY, probe_key("wsec_today"), timestamp_s=NOW_S),
        sign_probe(BODY, "wsec_of_others", timestamp_s=NOW_S),
        sign_probe(b"another body", "wsec_today", timestamp_s=NOW_S),
        sign_probe(BODY, "", timestamp_s=NOW_S),
        "probe=1",
        "t=1,probe=1",
        f"t={NOW_S},v0={'0' * 64},probe=1",
    ],
)
def test_what_no_secret_signed_is_no_probe(header: str) -> None:
    """Without the mark, under another secret, over another body: refused as any forged webhook."""
    with pytest.raises(SignatureError) as caught:
        verify(header)
    assert not isinstance(caught.value, ProbeReceivedError)


@pytest.mark.parametrize("at_s", [NOW_S + 1801, NOW_S - 301])
def test_old_probe_is_refused(at_s: float) -> None:
    """A probe counts as long as a webhook would, so a recorded one says nothing later."""
    with pytest.raises(UntimelySignatureError):
        verify(sign_probe(BODY, "wsec_today", timestamp_s=NOW_S), at_s=at_s)


def test_no_secret_means_no_probe() -> None:
    """Where no secret is set, nothing is a probe."""
    with pytest.raises(SignatureError) as caught:
        verify(sign_probe(BODY, "wsec_today", timestamp_s=NOW_S), keys=Secrets())
    assert not isinstance(caught.value, ProbeReceivedError)


def test_release_without_probes_refuses_one() -> None:
    """An ingress that knows no probes appends none: to it the signature is a wrong one."""
    verifier = Verifier(sign_probe(BODY, "wsec_today", timestamp_s=NOW_S), KEYS, now_s=NOW_S)
    verifier.update(BODY)
    with pytest.raises(SignatureError):
        verifier.verify()
