"""What a projection takes besides events."""

from msgspec import Struct

from events.wire.caller import DEFAULT_REGION
from events.wire.timezone import UTC_NAME
from projector.domain.calls import CallSettings
from projector.domain.fold import FoldSettings
from projector.domain.redaction.redaction import RedactionSettings
from projector.engines.registry import release_of
from projector.engines.settings import EngineSettings
from projector.read_model.fingerprints import fingerprint_of


class ProjectionSettings(Struct, frozen=True, kw_only=True):
    """What a projection takes besides events; all but `audio_mp3` shapes what is remembered."""

    engine: EngineSettings = EngineSettings()
    region: str = DEFAULT_REGION
    timezone: str = UTC_NAME
    trusts_widget_ids: bool = False
    remembers_keypad: bool = False
    fold: FoldSettings = FoldSettings()
    redaction: RedactionSettings = RedactionSettings()
    audio_mp3: bool = True

    def calls(self) -> CallSettings:
        """Return how calls are read."""
        return CallSettings(
            region=self.region,
            timezone=self.timezone,
            trusts_widget_ids=self.trusts_widget_ids,
            remembers_keypad=self.remembers_keypad,
        )

    def fingerprint(self) -> str:
        """Return the fingerprint of all that shapes a read model: one made with another is replayed."""
        settings = {
            "location": self.engine.location,
            "region": self.region,
            "timezone": self.timezone,
            "trusts_widget_ids": self.trusts_widget_ids,
            "remembers_keypad": self.remembers_keypad,
            "fold": self.fold,
            "redaction": self.redaction,
        }
        return fingerprint_of(release_of(self.engine.name), settings)
