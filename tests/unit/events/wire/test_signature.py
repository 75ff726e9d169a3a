"""The signature of a webhook: what is accepted, and that everything else is refused in the same way."""

import hashlib
import hmac
from collections.abc import Iterable

import pytest

from events.errors import SignatureError
from events.wire.shared_secrets import Secrets
from events.wire.signature import HEADER_CHARS_MAX, SKEW_S, TOLERANCE_S, Verifier, sign

SECRET = "wsec_6b1f0a29"
ROTATED = "wsec_93d7c1e4"
NOW_S = 1_762_948_800
BODY = '{"type": "post_call_transcription", "words": "Grüße"}'.encode()
DIGEST = hmac.new(SECRET.encode(), f"{NOW_S}.".encode() + BODY, hashlib.sha256).hexdigest()
WRONG = "0" * 64


def verify(
    header: str | None,
    body: bytes | Iterable[bytes] = BODY,
    *,
    secrets: Iterable[str] = (SECRET,),
    now_s: float = NOW_S,
    tolerance_s: int = TOLERANCE_S,
) -> None:
    """Raise unless the header is the body's signature."""
    verifier = Verifier(header, Secrets(secrets), now_s=now_s, tolerance_s=tolerance_s)
    for chunk in [body] if isinstance(body, bytes) else body:
        verifier.update(chunk)
    verifier.verify()


def test_signature_is_what_elevenlabs_documents() -> None:
    """A signature is the HMAC-SHA256 of the timestamp, a dot and the raw body, in lower-case hex."""
    assert sign(BODY, SECRET, timestamp_s=NOW_S) == f"t={NOW_S},v0={DIGEST}"


@pytest.mark.parametrize("body", [BODY, b"", b"\x00\xff not UTF-8", b"x" * 1_000_000])
def test_signed_body_is_accepted(body: bytes) -> None:
    """A body that ElevenLabs signed is accepted, whatever its bytes."""
    verify(sign(body, SECRET, timestamp_s=NOW_S), body)


def test_body_may_come_in_pieces() -> None:
    """The pieces in which a body streams in make no difference."""
    verify(f"t={NOW_S},v0={DIGEST}", [BODY[:1], b"", BODY[1:7], BODY[7:]])


@pytest.mark.parametrize("body", [BODY + b" ", BODY[:-1], b"", BODY.replace(b"call", b"Call"), b"\xef\xbb\xbf" + BODY])
def test_altered_body_is_refused(body: bytes) -> None:
    """A body with one byte more, less or different from the signed one is refused."""
    with pytest.raises(SignatureError, match="does not match"):
        verify(f"t={NOW_S},v0={DIGEST}", body)


def test_altered_timestamp_is_refused() -> None:
    """The timestamp is signed: it cannot be made more recent, nor written in another way."""
    for timestamp in (f"{NOW_S + 1}", f"0{NOW_S}"):
        with pytest.raises(SignatureError, match="does not match"):
            verify(f"t={timestamp},v0={DIGEST}")


def test_bytes_of_the_body_cannot_pass_for_the_timestamp() -> None:
    """The dot after the timestamp is the first one: signed bytes of the body cannot be moved before it."""
    digest = sign(b"5.rest", SECRET, timestamp_s=NOW_S).partition("v0=")[2]
    with pytest.raises(SignatureError, match="needs one t="):
        verify(f"t={NOW_S}.5,v0={digest}", b"rest")


@pytest.mark.parametrize("secret", [ROTATED, SECRET + " ", SECRET[:-1], SECRET.upper()])
def test_signature_of_another_secret_is_refused(secret: str) -> None:
    """A signature by an unknown secret is refused."""
    with pytest.raises(SignatureError, match="does not match"):
        verify(sign(BODY, secret, timestamp_s=NOW_S))


@pytest.mark.parametrize("secret", ["", " ", "changeme", "your_secret_here", "<secret>"])
def test_placeholder_secret_never_verifies(secret: str) -> None:
    """A body signed with an empty or placeholder secret is refused, even if no other secret is configured."""
    header = sign(BODY, secret, timestamp_s=NOW_S)
    for secrets in ((secret,), (secret, SECRET), ()):
        with pytest.raises(SignatureError, match="does not match"):
            verify(header, secrets=secrets)


@pytest.mark.parametrize("secrets", [(SECRET, ROTATED), (ROTATED, SECRET)])
@pytest.mark.parametrize("signer", [SECRET, ROTATED])
def test_each_rotated_secret_verifies(secrets: tuple[str, str], signer: str) -> None:
    """While a secret is being rotated, the old and the new one verify, in either order."""
    verify(sign(BODY, signer, timestamp_s=NOW_S), secrets=secrets)


@pytest.mark.parametrize(
    "header",
    [
        f"t={NOW_S},v0={WRONG},v0={DIGEST}",
        f"t={NOW_S},v0={DIGEST},v0={WRONG}",
        f"v0={WRONG},t={NOW_S},v0={DIGEST},v0={WRONG}",
    ],
)
def test_one_of_several_digests_is_enough(header: str) -> None:
    """Of several `v0` entries one match is enough, at any position."""
    verify(header)


def test_several_wrong_digests_are_refused() -> None:
    """Several wrong `v0` entries are refused like one."""
    with pytest.raises(SignatureError, match="does not match"):
        verify(f"t={NOW_S},v0={WRONG},v0={'1' * 64}")


@pytest.mark.parametrize(
    "header",
    [
        f"v0={DIGEST},t={NOW_S}",
        f"t={NOW_S},v0={DIGEST.upper()}",
        f"t={NOW_S},v1={WRONG},v0={DIGEST}",
        f"t={NOW_S},v0={DIGEST},kid=2026-01",
        f"t={NOW_S},v0=sha256:short,v0={DIGEST}",
    ],
    ids=["other order", "upper-case hex", "another scheme", "another entry", "another v0"],
)
def test_well_formed_header_is_understood(header: str) -> None:
    """The order of entries, the case of hex, and future entries make no difference."""
    verify(header)


@pytest.mark.parametrize("header", [None, ""])
def test_missing_header_is_refused(header: str | None) -> None:
    """A body without a signature is refused."""
    with pytest.raises(SignatureError, match="missing"):
        verify(header)


MALFORMED = {
    "no timestamp": f"v0={DIGEST}",
    "no digest": f"t={NOW_S}",
    "empty timestamp": f"t=,v0={DIGEST}",
    "empty digest": f"t={NOW_S},v0=",
    "two timestamps": f"t={NOW_S},t={NOW_S},v0={DIGEST}",
    "two timestamps, one bad": f"t={NOW_S},t=x,v0={DIGEST}",
    "word": f"t=now,v0={DIGEST}",
    "fraction": f"t={NOW_S}.0,v0={DIGEST}",
    "sign": f"t=+{NOW_S},v0={DIGEST}",
    "negative": f"t=-{NOW_S},v0={DIGEST}",
    "underscore": f"t=1_762_948_800,v0={DIGEST}",
    "space": f"t= {NOW_S},v0={DIGEST}",
    "space after comma": f"t={NOW_S}, v0={DIGEST}",
    "line break": f"t={NOW_S},v0={DIGEST}\n",
    "NUL": f"t={NOW_S},v0={DIGEST}\x00",
    "semicolon": f"t={NOW_S};v0={DIGEST}",
    "trailing comma": f"t={NOW_S},v0={DIGEST},",
    "only commas": ",,,",
    "no equals sign": "t",
    "only another scheme": f"t={NOW_S},v1={DIGEST}",
    "upper-case names": f"T={NOW_S},V0={DIGEST}",
    "short digest": f"t={NOW_S},v0={DIGEST[:-1]}",
    "long digest": f"t={NOW_S},v0={DIGEST}0",
    "no hex": f"t={NOW_S},v0={'g' * 64}",
    "with 0x": f"t={NOW_S},v0=0x{DIGEST[2:]}",
    "milliseconds": f"t={NOW_S}000000,v0={DIGEST}",
    "13 digits": f"t={'9' * 13},v0={DIGEST}",
    "5000 digits": f"t={'9' * 4000},v0={DIGEST}",
    "Arabic digits": f"t={''.join(chr(0x660 + int(digit)) for digit in str(NOW_S))},v0={DIGEST}",
    "fullwidth digest": f"t={NOW_S},v0={chr(0xFF11) * 64}",
    "accent": f"t={NOW_S},v0={DIGEST[:-1]}\u00e9",
    "euro": f"t={NOW_S},v0={DIGEST},x=\u20ac",
    "surrogate": f"t={NOW_S},v0={DIGEST},x=\udcff",
    "no-break space": f"t={NOW_S},\u00a0v0={DIGEST}",
    "too long": f"t={NOW_S},v0={DIGEST}," + "x=" + "x" * HEADER_CHARS_MAX,
    "text": "not a signature",
    "digest alone": DIGEST,
}


@pytest.mark.parametrize("header", MALFORMED.values(), ids=MALFORMED)
def test_malformed_header_is_refused(header: str) -> None:
    """A header that is not one `t` of Unix seconds and a `v0` of 64 hex digits is refused, before the body is read."""
    with pytest.raises(SignatureError):
        Verifier(header, Secrets([SECRET]), now_s=NOW_S)


@pytest.mark.parametrize("age_s", [0, 1, TOLERANCE_S - 1, TOLERANCE_S, -1, -SKEW_S])
def test_signature_within_the_tolerance_is_accepted(age_s: int) -> None:
    """A signature may be 30 minutes old, or 5 minutes ahead of our clock."""
    verify(sign(BODY, SECRET, timestamp_s=NOW_S - age_s))


@pytest.mark.parametrize("age_s", [TOLERANCE_S + 1, -SKEW_S - 1, NOW_S, 86_400 * 365, -86_400 * 365])
def test_signature_outside_the_tolerance_is_refused(age_s: int) -> None:
    """
    An older signature may be a replay, and a later one is from the future: both are refused, without reading the body.
    """
    header = sign(BODY, SECRET, timestamp_s=NOW_S - age_s)
    with pytest.raises(SignatureError, match="tolerance"):
        Verifier(header, Secrets([SECRET]), now_s=NOW_S)


def test_fractions_of_a_second_count() -> None:
    """The time is not rounded in favour of an old signature."""
    header = sign(BODY, SECRET, timestamp_s=NOW_S)
    verify(header, now_s=NOW_S + TOLERANCE_S - 0.5)
    with pytest.raises(SignatureError, match="tolerance"):
        verify(header, now_s=NOW_S + TOLERANCE_S + 0.5)


@pytest.mark.parametrize("timestamp", ["0", "999999999999"])
def test_absurd_timestamp_is_outside_the_tolerance(timestamp: str) -> None:
    """A timestamp beyond any calendar is refused like any other outside the tolerance."""
    with pytest.raises(SignatureError, match="tolerance"):
        verify(f"t={timestamp},v0={DIGEST}")


def test_tolerance_is_a_setting() -> None:
    """The verifying caller sets how old a signature may be."""
    header = sign(BODY, SECRET, timestamp_s=NOW_S)
    verify(header, now_s=NOW_S + 3600, tolerance_s=3600)
    with pytest.raises(SignatureError, match="tolerance"):
        verify(header, now_s=NOW_S + 61, tolerance_s=60)


def test_refusal_says_nothing_of_the_secret() -> None:
    """A refusal contains neither the secret nor the digest that would have matched."""
    for header in (None, "x", f"t={NOW_S},v0={WRONG}", f"t=1,v0={DIGEST}"):
        with pytest.raises(SignatureError) as caught:
            verify(header)
        assert SECRET not in str(caught.value)
        assert DIGEST not in str(caught.value)
