"""The signatures of ElevenLabs in a log that is imported: those that a secret of ours proves go with their events."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from events.errors import SignatureError
from events.folder_log.journal import Journal
from events.log.proof.keys import split
from events.log.receipt import read_receipt
from events.wire.shared_secrets import Secrets
from events.wire.signature import Verifier


class ProvenBody:
    """
    A body that passes by, and the header that it came with; `header` is None afterwards where nothing proves it.

    Args:
        keys: the secrets that may have signed.
    """

    def __init__(self, header: str, keys: Secrets) -> None:
        self.header: str | None = header
        self._keys = keys

    def watch(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the body unchanged."""
        verifier: Verifier | None = None
        with suppress(SignatureError):  # a header of another form proves nothing
            verifier = Verifier(self.header, self._keys, now_s=None)
        for chunk in chunks:
            if verifier is not None:
                verifier.update(chunk)
            yield chunk
        if verifier is None or not _is_verified(verifier):
            self.header = None


def _is_verified(verifier: Verifier) -> bool:
    try:
        verifier.verify()
    except SignatureError:
        return False
    return True


def signatures_in(folder: Path) -> dict[str, str]:
    """Return the headers of ElevenLabs that a journal notes, by the paths of the bodies; empty where there is none."""
    headers: dict[str, str] = {}
    for _, line in Journal(folder).raw_lines():
        try:
            receipt = read_receipt(line)
        except msgspec.MsgspecError:
            continue
        header = split(receipt.signature)[0] if receipt.is_our_own else receipt.signature
        if header is not None:
            headers[receipt.path] = header
    return headers
