"""Seals the parts of bodies: compressed, then encrypted, so that a body goes for good with its key."""

import os
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The length of a part before it is sealed; the last one of a body may be shorter.
PART_BYTES = 1024 * 1024

# The fastest: a usual transcript shrinks 4.5 times in a tenth of a millisecond; more would cost more than it saves.
_LEVEL = 1

# The only length that NIST SP 800-38D takes as it is.
_NONCE_BYTES = 12


class UnsealableError(Exception):
    """Bytes are not what was sealed with this key as this part of this body. A retry does not help."""


def seal(key: bytes, part: bytes, *, sha256: str, number: int) -> bytes:
    """
    Return a part of a body, sealed with AES-256-GCM: 12 bytes of nonce, the compressed part, and 16 bytes of tag.

    The nonce is random. It must never be the same for two texts under one key, or both would show without the key; and
    the same part need not be compressed to the same bytes by another zlib. So no number of a part would do.

    Args:
        key: 32 bytes.
        part: at most `PART_BYTES`.
        sha256: that of the whole body; with the number it is bound to the sealed bytes, which fit nowhere else.
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(part, _LEVEL), _place(sha256, number))


def unseal(key: bytes, sealed: bytes, *, sha256: str, number: int) -> bytes:
    """
    Return a part of a body as it was before `seal`.

    Raises:
        UnsealableError: it is damaged, another key's, or another part's.
    """
    nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        compressed = AESGCM(key).decrypt(nonce, text, _place(sha256, number))
        inflating = zlib.decompressobj()
        part = inflating.decompress(compressed, PART_BYTES + 1)
    except (InvalidTag, ValueError, zlib.error) as error:
        raise UnsealableError from error
    if not inflating.eof or len(part) > PART_BYTES:
        raise UnsealableError
    return part


def _place(sha256: str, number: int) -> bytes:
    return f"{sha256}/{number}".encode()
