"""The keys with which requests to forget callers name them, as far as the log still has them."""

from events.errors import JournalError
from events.log.erasure import CallerHashes, ErasureRequest
from events.log.protocol import EventLog
from events.process.logging import get_logger
from events.wire.spellings import spellings

logger = get_logger("projection")


def hashes_of(caller: str, hashes: CallerHashes) -> list[str]:
    """Return every hash of one key by which a request may name a caller: one of each spelling of the number."""
    return [hashes.of(spelling) for spelling in spellings(caller)]


class ErasureKeys:
    """The keys of one log, each read from it once."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._hashes: dict[str, CallerHashes] = {}
        self._has_looked = False

    def check(self, request: ErasureRequest) -> None:
        """Raise `JournalError` where the log no longer has the key of a request."""
        if request.key_id not in self._hashes:
            hashes = self._log.caller_hashes()
            if hashes.key_id != request.key_id:
                raise JournalError(self.not_the_key())
            self._hashes[request.key_id] = hashes

    def ids(self) -> list[str]:
        """Return the ids of the keys that the log has."""
        self._load()
        return list(self._hashes)

    def of(self, key_id: str) -> CallerHashes | None:
        """Return the hashes that a key makes; None where the log does not have it."""
        self._load()
        return self._hashes.get(key_id)

    def hashes_of(self, caller: str) -> list[str]:
        """Return every hash by which a request may name a caller, by the keys of earlier releases too."""
        self._load()
        return [hash_ for hashes in self._hashes.values() for hash_ in hashes_of(caller, hashes)]

    def is_hash_of(self, caller: str, caller_hash: str) -> bool:
        """Tell whether a request that names a caller by this hash names this one."""
        return caller_hash in self.hashes_of(caller)

    def not_the_key(self) -> str:
        """Return what is wrong where the log has another key, or none, and what to do."""
        return f"{self._log.key_name} is not the key of this request; restore it from the backup, then replay"

    def _load(self) -> None:
        if self._has_looked:
            return
        self._has_looked = True
        try:
            hashes = self._log.caller_hashes()
        except JournalError as error:  # calls of others go on; each request of that key is listed
            logger.warning("erasure_key_unusable", error=str(error))
        else:
            self._hashes[hashes.key_id] = hashes
