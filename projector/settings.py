"""What the projector must be told, from the environment."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from events.audit import AUDIT_LOG_PATH
from events.caller import DEFAULT_REGION
from events.environment import Environment
from projector.engines import ENGINES
from projector.fold import FOLD_VERSION, NAME_FIELDS, FoldSettings


class ProjectionSettings(Struct, frozen=True, kw_only=True):
    """What a projection takes besides events; all but `audio_mp3` shapes what is remembered."""

    engine: str = "embedded"
    region: str = DEFAULT_REGION
    fold: FoldSettings = FoldSettings()
    audio_mp3: bool = True

    def fingerprint(self) -> str:
        """Return what a read model must have been made with to be gone on with."""
        return msgspec.json.encode([FOLD_VERSION, self.engine, self.region, self.fold]).decode()


class Settings(Struct, frozen=True, kw_only=True):
    """The projector's settings; `docs/settings.md` says what each of them does."""

    payload_folder: Path
    read_model_folder: Path
    projection: ProjectionSettings
    audit_path: Path
    is_watching: bool
    log_level: str

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "Settings":
        """
        Read the settings.

        Raises:
            SettingsError: at least one is missing or unusable; it names all of them.
        """
        env = Environment(variables)
        settings = cls(
            payload_folder=env.path("PAYLOAD_STORAGE_PATH", "./payloads"),
            read_model_folder=env.path("READ_MODEL_PATH", "./data/readmodel"),
            projection=ProjectionSettings(
                engine=env.choice("MEMORY_ENGINE", "embedded", ENGINES),
                region=env.region("DEFAULT_REGION"),
                fold=FoldSettings(name_fields=env.names("NAME_FIELDS", ",".join(NAME_FIELDS))),
                audio_mp3=env.flag("AUDIO_MP3", default=True),
            ),
            audit_path=env.path("AUDIT_LOG_PATH", AUDIT_LOG_PATH),
            is_watching=env.flag("FILE_WATCHER", default=True),
            log_level=env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        )
        env.apart("AUDIT_LOG_PATH", settings.audit_path, "READ_MODEL_PATH", settings.read_model_folder)
        env.apart("AUDIT_LOG_PATH", settings.audit_path, "PAYLOAD_STORAGE_PATH", settings.payload_folder)
        env.apart("READ_MODEL_PATH", settings.read_model_folder, "PAYLOAD_STORAGE_PATH", settings.payload_folder)
        env.check()
        return settings
