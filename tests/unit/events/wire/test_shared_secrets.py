"""Secrets: which count, what they let in, and that they never show."""

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
    """What stands in an example until somebody fills it in is a placeholder, and so is nothing."""
    assert is_placeholder(secret)


@pytest.mark.parametrize(
    "secret", [SECRET, "x", "xx", "0", "hereby", "whereabouts", "yours", "a<b>", "todo1", "schlüssel"]
)
def test_secret_is_no_placeholder(secret: str) -> None:
    """A secret that somebody chose is none, however short."""
    assert not is_placeholder(secret)


@pytest.mark.parametrize("secret", PLACEHOLDERS)
def test_placeholder_never_matches(secret: str) -> None:
    """An empty or placeholder secret lets nobody in, not even who sends exactly that."""
    keys = Secrets([secret])
    assert not keys.match(secret)
    assert not keys.match(secret.strip())
    assert len(keys) == 0
    assert list(keys) == []


def test_placeholder_does_not_spoil_the_others() -> None:
    """Of a list, the placeholders are left out, and the secrets count."""
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
    """Without any secret nothing matches, not even nothing."""
    assert not Secrets().match(None)
    assert not Secrets().match("")


def test_secret_may_hold_any_characters() -> None:
    """A secret beyond ASCII matches itself."""
    assert Secrets(["schlüssel€"]).match("schlüssel€")
    assert not Secrets(["schlüssel€"]).match("schlussel€")


def test_secrets_are_never_printed() -> None:
    """Neither `repr` nor `str` shows a secret; they say how many there are."""
    keys = Secrets([SECRET, ROTATED])
    assert repr(keys) == str(keys) == f"{keys}" == "<2 masked>"


class Compared(list[tuple[bytes, bytes]]):
    """What was compared in constant time."""

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
    """Whether the first, the last or none matches: each secret is compared, all of it, and none is left out."""
    compared = Compared(monkeypatch)
    Secrets(MANY).match(given)

    candidate = (given or "").encode()
    assert compared == [(candidate, secret.encode()) for secret in MANY]


@pytest.mark.parametrize("secret", [*MANY, "wsec_fourth"])
@pytest.mark.parametrize("others", [0, 2])
def test_every_signature_is_compared_in_constant_time(
    monkeypatch: pytest.MonkeyPatch, secret: str, others: int
) -> None:
    """Whichever secret signed: the digest of each secret is compared with each digest that the header gives."""
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
    """What is signed with an empty or placeholder secret is refused, also where that is all that was configured."""
    verifier = Verifier(sign(b"body", secret, timestamp_s=1000), Secrets([secret]), now_s=1000)
    verifier.update(b"body")

    with pytest.raises(SignatureError):
        verifier.verify()
