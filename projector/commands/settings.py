"""The projector's settings, from the environment."""

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from events.process.doubts import Doubt, doubts_of
from events.process.environment import Environment
from events.process.folders import read_folders
from events.process.log_key import read_log_keys
from events.tracing.settings import TracingSettings, read_tracing
from events.wire.shared_secrets import Secrets
from projector.domain.fold import FoldSettings
from projector.domain.names.fields import NAME_FIELDS
from projector.domain.reading.ids import squeezed
from projector.domain.redaction.redaction import RedactionSettings
from projector.domain.redaction.replacing import KINDS
from projector.domain.rules.sharing import EVERY_FIELD
from projector.engines.settings import EngineSettings, read_engine
from projector.projection.settings import ProjectionSettings
from projector.read_side.attributes import read_attributes

_NOTHING = "none"

_PATTERN_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,4}")

_PATTERN_NAME_CHARS_MAX = 40


class ApiSettings(Struct, frozen=True, kw_only=True):
    """The key of ElevenLabs' API, and its address; `base_url` None is the address that ElevenLabs' SDK uses."""

    key: Secrets
    base_url: str | None


class Settings(Struct, frozen=True, kw_only=True):
    """
    The projector's settings; `docs/settings.md` says what each of them does.

    `api` and the memory engine of `projection` are read only for commands that need them.
    """

    payload_folder: Path
    read_model_folder: Path
    projection: ProjectionSettings
    audit_path: Path
    is_watching: bool
    log_level: str
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    retention_days: int | None = None
    log_keys: Secrets | None = None
    api: ApiSettings | None = None
    tracing: TracingSettings | None = None
    doubts: tuple[Doubt, ...] = ()

    @classmethod
    def from_env(
        cls, variables: Mapping[str, str], *, needs_api: bool = False, needs_engine: bool = True
    ) -> "Settings":
        """
        Read the settings.

        Args:
            needs_api: whether the command asks ElevenLabs' API. If not, its settings are not even checked.
            needs_engine: whether the command uses the memory engine. If not, its settings are not even checked: the
                read model alone holds everything that the other commands show.

        Raises:
            SettingsError: at least one is missing or unusable; it names all of them.
        """
        env = Environment(variables)
        folders = read_folders(env)
        tracing, tracing_doubts = read_tracing(env)
        settings = cls(
            payload_folder=folders.payloads,
            log_keys=read_log_keys(env),
            read_model_folder=folders.read_model,
            projection=ProjectionSettings(
                engine=read_engine(env) if needs_engine else EngineSettings(),
                region=env.region("DEFAULT_REGION"),
                timezone=env.timezone("TIMEZONE"),
                trusts_widget_ids=env.flag("TRUST_WIDGET_IDS", default=False),
                remembers_keypad=env.flag("REMEMBER_KEYPAD", default=False),
                fold=FoldSettings(
                    name_fields=env.names("NAME_FIELDS", ",".join(NAME_FIELDS)),
                    shared_fields=_ids(env, "SHARED_FIELDS", EVERY_FIELD),
                    hidden_fields=_ids(env, "HIDDEN_FIELDS"),
                    fact_attributes=read_attributes(env),
                ),
                redaction=_redaction(env),
                audio_mp3=env.flag("AUDIO_MP3", default=True),
            ),
            audit_path=folders.audit,
            is_watching=env.flag("FILE_WATCHER", default=True),
            log_level=env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
            metrics_host=env.text("HOST", "127.0.0.1"),
            metrics_port=env.whole("METRICS_PORT", 0, low=0, high=65535) or None,
            retention_days=env.whole("RETENTION_DAYS", 0, low=0, high=36500) or None,
            api=_api(env) if needs_api else None,
            tracing=tracing,
            doubts=(*doubts_of(variables, secrets=["LOG_KEY"]), *tracing_doubts),
        )
        env.check()
        return settings


def _api(env: Environment) -> ApiSettings:
    base_url = "ELEVENLABS_BASE_URL"
    settings = ApiSettings(
        key=env.keys("ELEVENLABS_API_KEY", "the API key of your ElevenLabs account, which reads missed calls"),
        base_url=env.text(base_url, "") or None,
    )
    if settings.base_url is not None and not _is_web_address(settings.base_url):
        env.fault(base_url, "must be an address such as https://api.eu.residency.elevenlabs.io")
    return settings


def _ids(env: Environment, name: str, *also: str) -> tuple[str, ...]:
    """Return data collection ids, squeezed and in a fixed order: another spelling must not cause a replay."""
    ids = {squeezed(id_) for id_ in env.names(name, "")}
    for id_ in sorted(ids - {*also}):
        if not any(map(str.isalnum, id_)):
            env.fault(name, f"must name data collection ids, such as allergies; {id_!r} is none")
    return tuple(sorted(ids))


def _is_web_address(text: str) -> bool:
    import httpx  # noqa: PLC0415 - a slow import, and a following projector never asks the API

    try:
        address = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return address.scheme in {"http", "https"} and bool(address.host) and not (address.query or address.fragment)


def _redaction(env: Environment) -> RedactionSettings:
    names = {name.lower() for name in env.names("REDACT", ",".join(KINDS))}
    if unknown := sorted(names - {*KINDS, _NOTHING}):
        env.fault("REDACT", f"must name some of {', '.join(KINDS)}, or be {_NOTHING}; {', '.join(unknown)} is neither")
    if _NOTHING in names and len(names) > 1:
        env.fault("REDACT", f"must be {_NOTHING} alone, or name what to remove")
    patterns = env.json("REDACT_PATTERNS", dict[str, str], {})
    for name, pattern in patterns.items():
        _check_pattern(env, name, pattern)
    # In a fixed order: a settings file that only lists them in another order must not cause a replay.
    return RedactionSettings(tuple(kind for kind in KINDS if kind in names), dict(sorted(patterns.items())))


def _check_pattern(env: Environment, name: str, pattern: str) -> None:
    taken = {*KINDS, *(label.lower() for label in KINDS.values())}
    if not _PATTERN_NAME.fullmatch(name) or len(name) > _PATTERN_NAME_CHARS_MAX or name.lower() in taken:
        limits = f"of at most {_PATTERN_NAME_CHARS_MAX} letters, and not the name of a kind that REDACT knows"
        env.fault("REDACT_PATTERNS", f"must have names of one to five plain words, {limits}; not {name!r}")
    try:
        matches_nothing = re.compile(pattern).search("") is not None
    except (re.error, OverflowError, RecursionError) as error:
        env.fault("REDACT_PATTERNS", f"must hold regular expressions; {name!r} is not one: {error}")
        return
    if matches_nothing:
        env.fault("REDACT_PATTERNS", f"must not hold a regular expression that matches empty text, as {name!r} does")
