"""Which calls a model may and need be asked about, as they are remembered."""

from collections.abc import Iterator

from msgspec import Struct

from projector.domain.calls import Call
from projector.domain.facts.registry.registry import Registry
from projector.extracting.choosing.log_watch import LogWatch
from projector.projection.folding.corrected import Corrected
from projector.projection.workers.work import stored_call
from projector.read_model.generations import LiveReader
from projector.read_model.protocol import ReadModel

_ALL_VERSIONS = 2**60


class Wanted(Struct, frozen=True, kw_only=True):
    """
    Which calls are to be asked about, and with which version of the prompt.

    `since_s` is Unix seconds; `agent_id` None means all agents. `is_of_any_model` is False where only answers count
    that `LogWatch` has seen. `is_eager` asks now, and once, about what would be asked about later, or not any more.
    """

    prompt_version: int
    since_s: int = 0
    agent_id: str | None = None
    is_of_any_model: bool = True
    is_eager: bool = False


class Readable:
    """
    The calls of the live generation that are to be asked about.

    Args:
        watch: what the log says beyond it.
        registry, region: what is needed to know what a person said is wrong.
    """

    def __init__(self, reader: LiveReader, watch: LogWatch, wanted: Wanted, *, registry: Registry, region: str) -> None:
        self._reader = reader
        self._watch = watch
        self._registry = registry
        self._region = region
        self.wanted = wanted

    def begin(self, read_model: ReadModel) -> None:
        """Begin anew with a generation; raises as `LogWatch.look` does."""
        self._watch.begin(read_model.place() if self.wanted.is_of_any_model else None)

    def newest(self, limit: int | None = None) -> list[str]:
        """Return the newest calls that may be to be asked about."""
        return self._reader.open().extractions.newest_unread(self._version(), limit=limit)

    def count(self) -> int:
        """Return how many these are without a limit."""
        return self._reader.open().extractions.unread_count(self._version())

    def all(self) -> Iterator[Call]:
        """Yield all calls that are to be asked about, newest first."""
        for conversation_id in self.newest():
            if (call := self.call(conversation_id)) is not None:
                yield call

    def call(self, conversation_id: str) -> Call | None:
        """Return a call as it may be asked about; None for one that may not, or need not."""
        read_model, version = self._reader.open(), self.wanted.prompt_version
        extracted = read_model.extracted(conversation_id)
        if extracted is None or read_model.is_erased(conversation_id):
            return None
        call = stored_call(extracted.call.body)
        if self._watch.is_answered((conversation_id, call.sha256), version):
            return None
        if self.wanted.is_of_any_model and read_model.extractions.is_read(conversation_id, call.sha256, version):
            return None
        call = self._remembered(read_model, call)
        return call if call.is_counted and self._is_chosen(call) else None

    def is_folded(self, conversation_id: str) -> bool:
        """Tell whether the memories know that a call was read, or do not know the call any more."""
        read_model = self._reader.open()
        extracted = read_model.extracted(conversation_id)
        if extracted is None:
            return True
        sha256 = stored_call(extracted.call.body).sha256
        return read_model.extractions.is_read(conversation_id, sha256, self.wanted.prompt_version)

    def is_refused(self, conversation_id: str) -> bool:
        """Tell whether a call is not to be asked about for another reason than that a model has read it."""
        extracted = self._reader.open().extracted(conversation_id)
        if extracted is None:
            return False
        sha256 = stored_call(extracted.call.body).sha256
        return not self._watch.is_answered((conversation_id, sha256), self.wanted.prompt_version)

    def _version(self) -> int:
        return self.wanted.prompt_version if self.wanted.is_of_any_model else _ALL_VERSIONS

    def _remembered(self, read_model: ReadModel, call: Call) -> Call:
        """Return a call without what a person said is wrong; one with nobody where its caller opted out."""
        keys = read_model.keys_of(call.caller)
        kept = [correction for key in keys for correction in read_model.corrections(key)]
        return Corrected(keys, kept, self._registry, self._region).remembered(call) if kept else call

    def _is_chosen(self, call: Call) -> bool:
        of_agent = self.wanted.agent_id is None or call.agent_id == self.wanted.agent_id
        return of_agent and call.order[0] >= self.wanted.since_s
