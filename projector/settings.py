"""What the projector must be told, from the environment."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct

from events.audit import AUDIT_LOG_PATH
from events.caller import DEFAULT_REGION
from events.environment import Environment
from events.keys import Keys
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


class ApiSettings(Struct, frozen=True, kw_only=True):
    """Where ElevenLabs' API is, None for where its SDK looks for it, and the key that opens it."""

    key: Keys
    base_url: str | None


class Settings(Struct, frozen=True, kw_only=True):
    """The projector's settings; `docs/settings.md` says what each of them does. `api` is read where it is needed."""

    payload_folder: Path
    read_model_folder: Path
    projection: ProjectionSettings
    audit_path: Path
    is_watching: bool
    log_level: str
    api: ApiSettings | None = None

    @classmethod
    def from_env(cls, variables: Mapping[str, str], *, needs_api: bool = False) -> "Settings":
        """
        Read the settings.

        Args:
            needs_api: whether ElevenLabs' API will be asked; else what is said of it is not even looked at.

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
            api=_api(env) if needs_api else None,
        )
        env.apart("AUDIT_LOG_PATH", settings.audit_path, "READ_MODEL_PATH", settings.read_model_folder)
        env.apart("AUDIT_LOG_PATH", settings.audit_path, "PAYLOAD_STORAGE_PATH", settings.payload_folder)
        env.apart("READ_MODEL_PATH", settings.read_model_folder, "PAYLOAD_STORAGE_PATH", settings.payload_folder)
        env.check()
        return settings


def _api(env: Environment) -> ApiSettings:
    key, base_url = "ELEVENLABS_API_KEY", "ELEVENLABS_BASE_URL"
    settings = ApiSettings(
        key=env.keys(key, "the API key of your ElevenLabs account, which reads missed calls"),
        base_url=env.text(base_url, "") or None,
    )
    if not env.text(key, "").isascii():
        env.fault(key, "holds a character that no header can carry")
    if settings.base_url is not None and not _is_web_address(settings.base_url):
        env.fault(base_url, "must be an address such as https://api.eu.residency.elevenlabs.io")
    return settings


def _is_web_address(text: str) -> bool:
    try:
        address = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return address.scheme in {"http", "https"} and bool(address.host) and not (address.query or address.fragment)
