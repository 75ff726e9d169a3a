"""What is sealed is opened by its key alone, as the part that it is, and to the very bytes."""

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("cryptography")

from events.postgres_log.bodies.sealing import PART_BYTES, UnsealableError, seal, unseal

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
NAME = hashlib.sha256(b"x").hexdigest()
PARTS = st.one_of(st.binary(max_size=300), st.binary(min_size=1, max_size=4).map(lambda part: part * 10_000))


@given(PARTS, st.integers(0, 400))
def test_opens_to_the_very_bytes(part: bytes, number: int) -> None:
    """Whatever was sealed is what is opened, and its words are not to be seen meanwhile, raw or compressed."""
    sealed = seal(KEY, part, sha256=NAME, number=number)
    assert unseal(KEY, sealed, sha256=NAME, number=number) == part
    assert len(part) < 8 or part not in sealed
    assert zlib.compress(part, 1) not in sealed


def test_longest_part_is_opened() -> None:
    """A part of the greatest length comes back; one that is longer was never sealed by us."""
    assert unseal(KEY, seal(KEY, b"x" * PART_BYTES, sha256=NAME, number=0), sha256=NAME, number=0) == b"x" * PART_BYTES
    with pytest.raises(UnsealableError):
        unseal(KEY, seal(KEY, b"x" * (PART_BYTES + 1), sha256=NAME, number=0), sha256=NAME, number=0)


@given(PARTS, st.data())
def test_altered_byte_opens_nothing(part: bytes, data: st.DataObject) -> None:
    """A byte that was changed, left out or added anywhere is noticed."""
    sealed = seal(KEY, part, sha256=NAME, number=3)
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = sealed[:at] + bytes([sealed[at] ^ data.draw(st.integers(1, 255))]) + sealed[at + 1 :]
    for altered in (changed, sealed[:at], sealed[:at] + sealed[at + 1 :] + b"\0", sealed + b"\0", b""):
        if altered != sealed:
            with pytest.raises(UnsealableError):
                unseal(KEY, altered, sha256=NAME, number=3)


@given(PARTS)
def test_fits_nowhere_else(part: bytes) -> None:
    """Another key, another body and another part open nothing."""
    sealed = seal(KEY, part, sha256=NAME, number=3)
    for key, sha256, number in ((OTHER_KEY, NAME, 3), (KEY, NAME[::-1], 3), (KEY, NAME, 4), (KEY, f"{NAME}/3", 3)):
        with pytest.raises(UnsealableError):
            unseal(key, sealed, sha256=sha256, number=number)


def test_no_two_are_sealed_alike() -> None:
    """The same part, sealed again with the same key, has another nonce: so two versions of it cannot be compared."""
    sealed = [seal(KEY, b"the same", sha256=NAME, number=0) for _ in range(1000)]
    assert len({each[:12] for each in sealed}) == len({each[12:] for each in sealed}) == 1000
