"""
The errors of the package `projector`.

    ProjectorError
    ├── ReadModelMissingError         there is no read model yet; the projector makes one
    ├── ReadModelVersionError         another release wrote it; run one release everywhere
    ├── ReadModelDamagedError         the read model is corrupt; only a replay repairs it
    ├── ReadModelBusyError            locked, disk full or an I/O error; retry
    │   └── ReadModelReplacedError    the generation that was read is gone; look which one is live
    ├── ReplayStoppedError            a replay was stopped before its end
    ├── ProjectionStoppedError        a batch was stopped before its end
    ├── EngineError                   the memory engine does not answer; retry
    │   ├── EngineRefusedError        it cannot be used as it is set up; the operator must act
    │   ├── EngineBehindError         it has not received all changes of a caller yet
    │   └── EngineStoppedError        it was not asked, because this process is ending
    ├── MeaningError                  vectors cannot be made here, or not now; memories are found by their words
    ├── ErasureError                  an erasure cannot be carried out yet
    │   ├── ErasurePendingError       it is done here, but not yet in an outside engine, or in what keeps the log
    │   └── LogRemainsError           what keeps the log may still hold what was removed from it
    ├── AnswerUnusableError           another server's answer is too large, or compressed in an unknown way
    ├── CorrectionError               there is nothing of that kind to correct
    ├── BackfillStoppedError          a backfill was stopped before its end
    ├── AskLaterError                 a language model has no answer now; ask it again
    ├── ProviderHeldError             it will have none before the operator has changed something
    └── ElevenLabsError               ElevenLabs' API did not answer as it should; retry
        ├── NotFoundError             it does not have what was asked for
        └── ElevenLabsRefusedError    it refuses every further request for now
"""


class ProjectorError(Exception):
    """Root of the errors of this package."""


class ReadModelMissingError(ProjectorError):
    """There is no read model, or none that can be opened. The projector makes one; a retry is safe."""


class ReadModelVersionError(ProjectorError):
    """Another release wrote the read model, in a schema that this one cannot read. It is not damaged."""


class ReadModelDamagedError(ProjectorError):
    """The read model is corrupt or incomplete. It must be replayed from the log, which is intact."""


class ReadModelBusyError(ProjectorError):
    """The read model cannot be read or written just now: a lock, a full disk, an I/O error. A retry is safe."""


class ReadModelReplacedError(ReadModelBusyError):
    """The generation that was read is gone, for another one is live. A retry is safe, once that one is opened."""


class CorrectionError(ProjectorError):
    """What is to be corrected is not there, or cannot be said so. Nothing was appended."""


class ReplayStoppedError(ProjectorError):
    """A replay was told to stop before its end. The live generation is unchanged."""


class ProjectionStoppedError(ProjectorError):
    """A batch of events was told to stop before its end, and is rolled back. The next start projects it again."""


class EngineError(ProjectorError):
    """A memory engine does not answer, or not in time. A retry is safe: every request to an engine is idempotent."""


class EngineRefusedError(EngineError):
    """A memory engine cannot be used as it is set up. A retry helps only after the operator has changed that."""


class EngineBehindError(EngineError):
    """An engine was not asked: it has not received all changes of this caller yet. That need not be a fault."""


class EngineStoppedError(EngineError):
    """An engine was not asked, or its answer not awaited, because this process is ending. The next start does it."""


class MeaningError(ProjectorError):
    """The model that makes vectors cannot be used, or not in time. Memories are found by their words all the same."""


class ErasureError(ProjectorError):
    """An erasure request cannot be carried out yet. It stays in the log; a second request does not help."""


class ErasurePendingError(ErasureError):
    """
    A caller is erased here, but not yet in an outside engine, or a server may still keep what was removed from the log.

    Args:
        account: the account of what was removed, encoded as `projector forget` prints it.
    """

    def __init__(self, message: str, account: bytes) -> None:
        super().__init__(message)
        self.account = account


class LogRemainsError(ErasureError):
    """What was removed from the log may still be in what keeps it, as the words say. A retry is safe, and needed."""


class AnswerUnusableError(ProjectorError):
    """Another server's answer is too large, or we cannot decompress it. A retry gets the same answer."""


class BackfillStoppedError(ProjectorError):
    """A backfill was told to stop before its end. What it appended stays; the next one continues from there."""


class AskLaterError(ProjectorError):
    """
    A language model does not answer now: it is busy, down, or too slow. Asking again is safe, and may cost once more.

    Args:
        retry_after_s: how many seconds it asks us to wait; None if it does not say.
        kind: under which of `projector.read_side.signs.learning.FAILURES` it is counted.
    """

    def __init__(self, reason: str, retry_after_s: float | None = None, *, kind: str = "no_answer") -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.kind = kind


class ProviderHeldError(ProjectorError):
    """
    A language model refuses every question as we are set up: key, model, address or rights are wrong.

    Asking again helps only once the operator has changed that.

    Args:
        kind: under which of `projector.read_side.signs.learning.FAILURES` it is counted.
    """

    def __init__(self, reason: str, *, kind: str = "setup") -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class ElevenLabsError(ProjectorError):
    """ElevenLabs' API did not answer a request as it should, after all retries. A later retry is safe."""


class NotFoundError(ElevenLabsError):
    """ElevenLabs does not have what was asked for, or not any more. A retry does not help."""


class ElevenLabsRefusedError(ElevenLabsError):
    """ElevenLabs refuses every further request: the key is wrong, or we ask too often. Retry once that is solved."""
