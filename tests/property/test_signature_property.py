"""Our signature check against ElevenLabs' own code, and against any header that a stranger may send."""

import json
from types import SimpleNamespace

import pytest
from elevenlabs.errors import BadRequestError
from elevenlabs.webhooks_custom import WebhooksClient
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import SignatureError
from events.wire.shared_secrets import Secrets, is_placeholder
from events.wire.signature import TOLERANCE_S, Verifier, sign

NOW_S = 1_762_948_800

secrets = st.one_of(st.sampled_from(("wsec_1", "wsec_2", "x")), st.text(min_size=1, max_size=40)).filter(
    lambda secret: not is_placeholder(secret)
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
bodies = st.builds(
    lambda value, is_ascii: json.dumps(value, ensure_ascii=is_ascii).encode(),
    st.dictionaries(st.text(max_size=8), values, max_size=4),
    st.booleans(),
)
ages_s = st.one_of(
    st.sampled_from((0, 1, TOLERANCE_S - 1, TOLERANCE_S, TOLERANCE_S + 1, NOW_S)), st.integers(0, 2 * TOLERANCE_S)
)
cuts = st.lists(st.integers(0, 200), max_size=4)


def is_accepted(header: str, body: bytes, secret: str, cuts: list[int]) -> bool:
    try:
        verifier = Verifier(header, Secrets([secret]), now_s=NOW_S)
        at = 0
        for cut in [*sorted(cuts), len(body)]:
            verifier.update(body[at:cut])
            at = max(at, cut)
        verifier.verify()
    except SignatureError:
        return False
    return True


def is_accepted_by_the_sdk(header: str, body: bytes, secret: str) -> bool:
    client = WebhooksClient.__new__(WebhooksClient)  # its method needs nothing of a connection
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("elevenlabs.webhooks_custom.time", SimpleNamespace(time=lambda: NOW_S))
        try:
            event = client.construct_event(body.decode(), header, secret)
        except BadRequestError:
            return False
    assert event == json.loads(body)
    return True


@settings(max_examples=150)
@given(body=bodies, secret=secrets, age_s=ages_s, cuts=cuts)
def test_signed_body_is_accepted_as_the_sdk_accepts_it(body: bytes, secret: str, age_s: int, cuts: list[int]) -> None:
    """We accept a body that is signed as ElevenLabs signs exactly when the SDK accepts it: while it is fresh."""
    header = sign(body, secret, timestamp_s=NOW_S - age_s)
    assert is_accepted(header, body, secret, cuts) == is_accepted_by_the_sdk(header, body, secret)
    assert is_accepted(header, body, secret, cuts) == (age_s <= TOLERANCE_S)


@settings(max_examples=200)
@given(
    signed=bodies,
    received=bodies,
    signer=secrets,
    ours=secrets,
    age_s=ages_s,
    nudge_s=st.sampled_from((0, 0, 1)),
    flipped=st.one_of(st.none(), st.integers(0, 63)),
    is_same=st.booleans(),
    is_ours=st.booleans(),
)
def test_verdict_is_the_sdks(
    signed: bytes,
    received: bytes,
    signer: str,
    ours: str,
    age_s: int,
    nudge_s: int,
    flipped: int | None,
    is_same: bool,
    is_ours: bool,
) -> None:
    """Whatever is wrong with a well-formed header (body, secret, time, digest), we and the SDK judge alike."""
    received = signed if is_same else received
    ours = signer if is_ours else ours
    digest = sign(signed, signer, timestamp_s=NOW_S - age_s).partition("v0=")[2]
    if flipped is not None:
        digest = digest[:flipped] + ("0" if digest[flipped] != "0" else "1") + digest[flipped + 1 :]
    header = f"t={NOW_S - age_s - min(nudge_s, NOW_S - age_s)},v0={digest}"
    assert is_accepted(header, received, ours, []) == is_accepted_by_the_sdk(header, received, ours)


entries = st.one_of(
    st.sampled_from(
        ("t=", f"t={NOW_S}", "t=0", "t=-1", "t=9999999999999", "v0=", "v1=aa", "", " ", "=", "t", "\ud800")
    ),
    st.text(st.sampled_from("0123456789abcdef"), min_size=62, max_size=66).map("v0=".__add__),
    st.integers().map("t={}".format),
    st.text(st.characters(exclude_categories=()), max_size=10),
    st.text(st.characters(exclude_categories=()), max_size=10).map("t=".__add__),
    st.text(st.characters(exclude_categories=()), max_size=70).map("v0=".__add__),
)
headers = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=())),
    st.lists(entries, max_size=5).map(",".join),
    st.lists(entries, max_size=3).map(lambda more: ",".join([f"t={NOW_S}", "v0=" + "0" * 64, *more])),
)


@settings(max_examples=500)
@given(header=headers, body=st.binary(max_size=50))
def test_any_text_as_header_is_a_signature_error(header: str | None, body: bytes) -> None:
    """Any text that a stranger sends as the header is refused with a SignatureError, and no other error."""
    with pytest.raises(SignatureError):  # noqa: PT012 - either step may refuse
        verifier = Verifier(header, Secrets(["wsec_6b1f0a29", "wsec_93d7c1e4"]), now_s=NOW_S)
        verifier.update(body)
        verifier.verify()


@settings(max_examples=100)
@given(body=bodies, held=st.lists(secrets, min_size=1, max_size=4, unique=True), more=st.lists(entries, max_size=2))
def test_any_of_the_secrets_verifies_beside_other_digests(body: bytes, held: list[str], more: list[str]) -> None:
    """Each of the configured secrets verifies, even with wrong digests beside the right one."""
    wrong = [entry for entry in more if len(entry) == 67 and entry.startswith("v0=") and entry.isascii()]
    well_formed = [entry for entry in wrong if set(entry[3:]) <= set("0123456789abcdef")]
    for secret in held:
        header = ",".join([sign(body, secret, timestamp_s=NOW_S), *well_formed])
        verifier = Verifier(header, Secrets(held), now_s=NOW_S)
        verifier.update(body)
        verifier.verify()
