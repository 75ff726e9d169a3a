"""What can go wrong while memories are made or read."""


class ProjectorError(Exception):
    """Root of the errors of this package."""


class ReadModelMissingError(ProjectorError):
    """There is no read model, or none that can be opened; the projector makes one. A retry is safe."""


class ReadModelDamagedError(ProjectorError):
    """The read model is corrupt or incomplete; it must be replayed from the log, which is intact."""


class ReadModelBusyError(ProjectorError):
    """The read model cannot be read or written just now: a lock, a full disk, an I/O error. A retry is safe."""


class ReplayStoppedError(ProjectorError):
    """A replay was told to stop before its end; the live generation is as it was."""


class EngineError(ProjectorError):
    """A memory engine does not answer, or not in time. A retry is safe: what engines are told is idempotent."""


class EngineRefusedError(EngineError):
    """A memory engine cannot be used as it is set up; a retry helps once somebody has changed that."""


class EngineOwedError(EngineError):
    """A memory engine is still to be told of a caller, and not asked before; nothing need be wrong with it."""


class EngineStoppedError(EngineError):
    """A memory engine was not asked, or not waited for, as this process is to end; the next start does it."""


class ErasureError(ProjectorError):
    """A request to forget a caller cannot be carried out yet; it stays in the log. A new one is no help."""


class ErasureWaitsError(ErasureError):
    """
    A caller is forgotten here, and not yet in a memory engine outside.

    Args:
        account: what was removed; encoded, as `projector --forget` prints it.
    """

    def __init__(self, words: str, account: bytes) -> None:
        super().__init__(words)
        self.account = account


class BackfillStoppedError(ProjectorError):
    """A backfill was told to stop before its end; what it appended stays, and the next one goes on from there."""


class ElevenLabsError(ProjectorError):
    """ElevenLabs did not answer one request as it should, however often it was asked. A retry is safe."""


class NotFoundError(ElevenLabsError):
    """ElevenLabs has not, or no longer, what was asked for; a retry is useless."""


class ElevenLabsClosedError(ElevenLabsError):
    """ElevenLabs lets us ask nothing more now: the key is refused, or we ask too often. Retry once that is mended."""
