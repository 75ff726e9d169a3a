"""What a projection takes besides events."""

import msgspec
from msgspec import Struct

from events.wire.caller import DEFAULT_REGION
from projector.domain.fold import FOLD_VERSION, FoldSettings
from projector.domain.redaction.redaction import RedactionSettings
from projector.engines.registry import fingerprint_of
from projector.engines.settings import EngineSettings


class ProjectionSettings(Struct, frozen=True, kw_only=True):
    """What a projection takes besides events; all but `audio_mp3` shapes what is remembered."""

    engine: EngineSettings = EngineSettings()
    region: str = DEFAULT_REGION
    fold: FoldSettings = FoldSettings()
    redaction: RedactionSettings = RedactionSettings()
    audio_mp3: bool = True

    def fingerprint(self) -> str:
        """Return what a read model must have been made with to be gone on with."""
        from projector.read_model.sqlite.connection import SCHEMA_VERSION  # noqa: PLC0415 - a worker writes to no database

        return msgspec.json.encode(
            [SCHEMA_VERSION, FOLD_VERSION, fingerprint_of(self.engine), self.region, self.fold, self.redaction]
        ).decode()
