"""What a projection takes besides events."""

import msgspec
from msgspec import Struct

from events.wire.caller import DEFAULT_REGION
from projector.domain.fold import FOLD_VERSION, FoldSettings
from projector.domain.redaction.redaction import RedactionSettings
from projector.engines.registry import fingerprint_of
from projector.engines.settings import EngineSettings
from projector.read_model.records import SCHEMA_VERSION


class ProjectionSettings(Struct, frozen=True, kw_only=True):
    """What a projection takes besides events; all but `audio_mp3` shapes what is remembered."""

    engine: EngineSettings = EngineSettings()
    region: str = DEFAULT_REGION
    fold: FoldSettings = FoldSettings()
    redaction: RedactionSettings = RedactionSettings()
    audio_mp3: bool = True

    def fingerprint(self) -> str:
        """Return the fingerprint of all that shapes a read model: one made with another is replayed."""
        return msgspec.json.encode(
            [SCHEMA_VERSION, FOLD_VERSION, fingerprint_of(self.engine), self.region, self.fold, self.redaction]
        ).decode()
