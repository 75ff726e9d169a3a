"""Secrets: which are valid, what they match, and that they are never shown."""

import hmac

import pytest

from events.errors import SignatureError
from events.wire.shared_secrets import Secrets, is_placeholder
from events.wire.signature import Verifier, sign

SECRET = "wsec_6b1f0a29"
ROTATED = "wsec_93d7c1e4"
PLACEHOLDERS = [
    "",
    " ",
    "\t\n",
    "your_secret",
    "your-secret-key",
    "Your secret",
    "YOUR_ELEVENLABS_POST_CALL_KEY",
    "your_hmac_secret_here",
    "put_your_key_here",
    "secret-goes-here",
    "paste the secret here",
    "changeme",
    "change-me",
    "change_me_please",
    "Change Me",
    "replace_me",
    "replace-with-secret",
    "placeholder",
    "TODO",
    "<secret>",
    "<your key>",
    "xxx",
    "XXXXXXXX",
    "***",
    "...",
    " changeme ",
]


@pytest.mark.parametrize("secret", PLACEHOLDERS)
def test_placeholder_is_no_secret(secret: str) -> None:
    """The example text that an operator must replace is a placeholder, and counts as empty."""
    assert is_placeholder(secret)


@pytest.mark.parametrize(
    "secret", [SECRET, "x", "xx", "0", "hereby", "whereabouts", "yours", "a<b>", "todo1", "schlüssel"]
)
def test_secret_is_no_placeholder(secret: str) -> None:
    """A secret that an operator chose is no placeholder, however short."""
    assert not is_placeholder(secret)


@pytest.mark.parametrize("secret", PLACEHOLDERS)
def test_placeholder_never_matches(secret: str) -> None:
    """An empty or placeholder secret matches nothing, not even a header with exactly that text."""
    keys = Secrets([secret])
    assert not keys.match(secret)
    assert not keys.match(secret.strip())
    assert len(keys) == 0
    assert list(keys) == []


def test_placeholder_does_not_spoil_the_others() -> None:
    """Placeholders in a list are ignored, and the other secrets count."""
    keys = Secrets(["", SECRET, "changeme", ROTATED])
    assert list(keys) == [SECRET, ROTATED]
    assert keys.match(SECRET)
    assert keys.match(ROTATED)
    assert not keys.match("")
    assert not keys.match("changeme")


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        " ",
        SECRET[:-1],
        SECRET + " ",
        SECRET + "x",
        SECRET.upper(),
        f"{SECRET},{ROTATED}",
        "\x00",
        "é",
        "\udcff",
    ],
)
def test_anything_else_does_not_match(given: str | None) -> None:
    """Only a whole secret matches: no part of one, no other case, nothing around it, and no absent header."""
    assert not Secrets([SECRET, ROTATED]).match(given)


def test_no_secrets_match_nothing() -> None:
    """Without any secret nothing matches, not even an empty header."""
    assert not Secrets().match(None)
    assert not Secrets().match("")


def test_secret_may_hold_any_characters() -> None:
    """A secret with characters beyond ASCII matches itself."""
    assert Secrets(["schlüssel€"]).match("schlüssel€")
    assert not Secrets(["schlüssel€"]).match("schlussel€")


def test_secrets_are_never_printed() -> None:
    """Neither `repr` nor `str` shows a secret; both give the number of secrets."""
    keys = Secrets([SECRET, ROTATED])
    assert repr(keys) == str(keys) == f"{keys}" == "<2 masked>"


class Compared(list[tuple[bytes, bytes]]):
    """The texts that were compared in constant time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._compare = hmac.compare_digest
        monkeypatch.setattr(hmac, "compare_digest", self)

    def __call__(self, one: bytes, other: bytes) -> bool:
        self.append((one, other))
        return self._compare(one, other)


MANY = ["wsec_first", "wsec_second", "wsec_third"]


@pytest.mark.parametrize("given", [*MANY, "wsec_fourth", "wsec_firs", "", None])
def test_every_secret_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    """Whether the first, the last or no secret matches, each secret is compared completely."""
    compared = Compared(monkeypatch)
    Secrets(MANY).match(given)

    candidate = (given or "").encode()
    assert compared == [(candidate, secret.encode()) for secret in MANY]


@pytest.mark.parametrize("secret", [*MANY, "wsec_fourth"])
@pytest.mark.parametrize("others", [0, 2])
def test_every_signature_is_compared_in_constant_time(
    monkeypatch: pytest.MonkeyPatch, secret: str, others: int
) -> None:
    """Whichever secret signed, the digest of each secret is compared with each digest in the header."""
    header = sign(b"body", secret, timestamp_s=1000) + "".join(f",v0={number:064x}" for number in range(others))
    compared = Compared(monkeypatch)
    verifier = Verifier(header, Secrets(MANY), now_s=1000)
    verifier.update(b"body")
    try:
        verifier.verify()
    except SignatureError:
        assert secret not in MANY
    else:
        assert secret in MANY

    assert len(compared) == len(MANY) * (1 + others)
    assert len({digest for digest, _ in compared}) == len(MANY)


@pytest.mark.parametrize("secret", PLACEHOLDERS)
def test_placeholder_never_verifies_a_signature(secret: str) -> None:
    """A body signed with an empty or placeholder secret is refused, even if no other secret is configured."""
    verifier = Verifier(sign(b"body", secret, timestamp_s=1000), Secrets([secret]), now_s=1000)
    verifier.update(b"body")

    with pytest.raises(SignatureError):
        verifier.verify()
