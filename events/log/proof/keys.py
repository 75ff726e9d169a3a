"""
The keys that prove our own events: each receipt of ours, and each head that is noted elsewhere, carries an HMAC.

A proof is text: `log1=<key id>.<hex HMAC-SHA256>`. `log1` is the version of the form. In a receipt it stands in
`signature`, after the header of ElevenLabs where there is one.
"""

import hmac
import re
from collections.abc import Iterator
from enum import Enum

import msgspec

from events.log.receipt import Receipt, sha256_of
from events.wire.shared_secrets import Secrets

_PREFIX = "log1="
_PROOF = re.compile(r"log1=([0-9a-f]{8})\.([0-9a-f]{64})")
_KEY_ID_CHARS = 8

# What a proof is of stands before the bytes, so that a proof of a head is never one of a receipt.
_RECEIPT = b"elaoms-receipt-1\n"


class Proof(Enum):
    """What the proof of an event or of a head is worth."""

    PROVEN = "made with one of the keys"
    ABSENT = "there is none"
    UNKNOWN_KEY = "made with a key that is not at hand"
    WRONG = "not made with the key that it names"


class LogKeys:
    """
    The keys of `LOG_KEY`: the first one signs, and all of them verify. Without any, nothing is signed or proven.

    Args:
        secrets: the keys; empty and placeholder ones are not among them.
    """

    def __init__(self, secrets: Secrets | None = None) -> None:
        self._keys = {key_id_of(secret): secret.encode() for secret in secrets or ()}

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[str]:
        """Yield the ids of the keys, the signing one first. An id reveals nothing else of its key."""
        return iter(self._keys)

    def __repr__(self) -> str:
        return f"<{len(self)} masked>"

    def sign(self, message: bytes) -> str | None:
        """Return the proof of a message under the first key; None without a key."""
        for key_id, key in self._keys.items():
            return f"{_PREFIX}{key_id}.{hmac.digest(key, message, 'sha256').hex()}"
        return None

    def judge(self, message: bytes, proof: str | None) -> Proof:
        """Return what the proof of a message is worth; takes as long for a near miss as for a hit."""
        if proof is None:
            return Proof.ABSENT
        match = _PROOF.fullmatch(proof)
        if match is None:
            return Proof.WRONG
        key = self._keys.get(match[1])
        if key is None:
            return Proof.UNKNOWN_KEY
        is_right = hmac.compare_digest(hmac.digest(key, message, "sha256"), bytes.fromhex(match[2]))
        return Proof.PROVEN if is_right else Proof.WRONG

    def signed(self, receipt: Receipt) -> Receipt:
        """
        Return a receipt with our proof behind the header that it came with; the receipt itself without a key.

        The proof binds every field: also the position, and `previous`, and with it all lines before. So it is worth
        nothing in another log, at another position, for another source or for other bytes.
        """
        proof = self.sign(_message(receipt, receipt.signature))
        if proof is None:
            return receipt
        signature = proof if receipt.signature is None else f"{receipt.signature},{proof}"
        return msgspec.structs.replace(receipt, signature=signature)

    def judge_receipt(self, receipt: Receipt) -> Proof:
        """Return what our proof in a receipt is worth."""
        header, proof = split(receipt.signature)
        return self.judge(_message(receipt, header), proof)


def split(signature: str | None) -> tuple[str | None, str | None]:
    """Return the two parts of a receipt's signature: the header of ElevenLabs, and our proof."""
    header, _, last = (signature or "").rpartition(",")
    return (header or None, last) if last.startswith(_PREFIX) else (signature, None)


def key_id_of(key: str) -> str:
    """Return the name of a key in a proof."""
    return sha256_of(b"elaoms-log-key\n" + key.encode())[:_KEY_ID_CHARS]


def named_key(proof: str | None) -> str | None:
    """Return the id of the key that a proof names; None where it is no proof."""
    match = _PROOF.fullmatch(proof or "")
    return match[1] if match else None


def _message(receipt: Receipt, header: str | None) -> bytes:
    return _RECEIPT + msgspec.structs.replace(receipt, signature=header).line()
