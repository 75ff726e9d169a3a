"""Verifies what we appended ourselves: each event must be proven, and the key of the requests must be the right one."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from events.errors import JournalError
from events.folder_log.erasing import read_key
from events.folder_log.layout import KEY_NAME
from events.log.erasure import CallerHashes
from events.log.event import Event
from events.log.proof.keys import split
from events.log.proof.proofs import Proofs, Standing
from events.verify.findings import Finding, Totals, found


class OwnEvents:
    """
    Checks the events of our own one by one, also those whose bodies an erasure has removed.

    Args:
        proofs: what they are worth.
        totals: counts them.
    """

    def __init__(self, proofs: Proofs, totals: Totals) -> None:
        self._proofs = proofs
        self._totals = totals

    def check(self, event: Event, *, refused: Mapping[str, str]) -> Iterator[Finding]:
        """
        Yield what is wrong with an event if it is our own.

        Args:
            refused: why erasures do not answer their requests, by the hashes of their lines.
        """
        if not event.receipt.is_our_own:
            return
        standing = self._proofs.standing(event.receipt, line_sha256=event.place.sha256)
        match standing:
            case Standing.PROVEN:
                self._totals.proven += 1
            case Standing.VOUCHED:
                self._totals.vouched += 1
            case Standing.UNCHECKED:
                # An imported webhook may have kept the signature of ElevenLabs, which is checked.
                self._totals.unproven += split(event.receipt.signature)[0] is None
            case Standing.UNPROVEN:
                yield found("unproven", event, self._proofs.reason(event.receipt, standing))
            case Standing.FORGED:
                yield found("forged", event, self._proofs.reason(event.receipt, standing))
        if (reason := refused.get(event.place.sha256)) is not None:
            yield found("forged", event, reason)


def check_erasure_key(folder: Path, key_ids: Mapping[str, int]) -> Iterator[Finding]:
    """
    Yield what is wrong with the key of the requests to forget callers.

    Args:
        folder: the payload folder.
        key_ids: the keys that the requests name, by their ids, with the position of the last request of each.
    """
    if not key_ids:
        return
    if not (folder / KEY_NAME).exists():
        words = "the key of the requests to forget callers; without it they cover no call that comes late"
        yield Finding(what="missing", position=None, path=KEY_NAME, words=words)
        return
    try:
        key_id = CallerHashes(read_key(folder)).key_id
    except JournalError:
        words = "holds no key: the requests to forget callers cover no call that comes late; restore it from the backup"
        yield Finding(what="altered", position=None, path=KEY_NAME, words=words)
    except OSError as error:
        yield Finding(what="unread", position=None, path=KEY_NAME, words=f"cannot be read: {error.strerror or error}")
    else:
        for wanted, position in key_ids.items():
            if wanted != key_id:
                words = f"is key {key_id}, and the request at this position was made with key {wanted}"
                yield Finding(what="altered", position=position, path=KEY_NAME, words=f"{words}; restore that one")
