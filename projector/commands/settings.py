"""The projector's settings, from the environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from events.process.doubts import Doubt, doubts_of
from events.process.environment import Environment
from events.process.folders import AUDIT, read_folders
from events.process.log_key import LOG_KEYS, read_log_keys
from events.process.settings.database import read_database
from events.process.settings.setting import Flag, Json, Names, Timezone, Whole
from events.process.settings.shared import DEFAULT_REGION, HOST, LOG_LEVEL
from events.storage import Storage
from events.tracing.settings import TracingSettings, read_tracing
from events.wire.shared_secrets import Secrets
from projector.domain.fold import FoldSettings
from projector.domain.names.fields import NAME_FIELDS
from projector.domain.reading.ids import squeezed
from projector.domain.redaction.redaction import RedactionSettings
from projector.domain.redaction.replacing import KINDS
from projector.domain.rules.sharing import EVERY_FIELD
from projector.engines.settings import EngineSettings, read_engine
from projector.extracting.settings import PROMPT_MAX, AskingSettings, read_asking
from projector.projection.settings import ProjectionSettings
from projector.read_side.attributes import FACT_ATTRIBUTES, read_attributes
from projector.sources.models.settings import ModelSettings, read_models, secrets_of
from projector.sources.settings import AGENT_TTL, ApiSettings, read_api, read_api_if_any

_NOTHING = "none"

_PATTERN_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){0,4}")

_PATTERN_NAME_CHARS_MAX = 40

_TIMEZONE = Timezone(
    "TIMEZONE",
    "remembered",
    "the time zone in which days are counted and told where a call names none",
    "Europe/Berlin",
    is_replaying=True,
)
_WIDGET_IDS = Flag(
    "TRUST_WIDGET_IDS",
    "remembered",
    "whether a visitor of ElevenLabs' widget is known by an id that the widget may have "
    "[made up](callers.md#widget-visitors)",
    "true",
    more="Only if your page sets ids of that form itself: identical devices share those that the widget makes up",
    default=False,
    is_replaying=True,
)
_KEYPAD = Flag(
    "REMEMBER_KEYPAD",
    "remembered",
    "whether digits that a caller types on the keypad, which may be a PIN, are remembered like words",
    "true",
    default=False,
    is_replaying=True,
)
_NAME_FIELDS = Names(
    "NAME_FIELDS",
    "remembered",
    "the data collection ids that name a caller, the most trusted first; `+` joins two, the last name last",
    "vorname + nachname",
    default=",".join(NAME_FIELDS),
    default_told="the usual ids ([more](#remembered))",
    is_replaying=True,
)
_SHARED_FIELDS = Names(
    "SHARED_FIELDS",
    "remembered",
    "data collection ids that every agent is told, besides those about the person; `*` for all ids",
    "allergies, date_of_birth",
    is_replaying=True,
)
_HIDDEN_FIELDS = Names(
    "HIDDEN_FIELDS",
    "remembered",
    "data collection ids of which nobody is told anything, nor of facts that mean the same; they stay in the log",
    "lead_status, disposition",
    is_replaying=True,
)
_REDACT = Names(
    "REDACT",
    "remembered",
    "which numbers are removed before anything is remembered, or `none`; the log keeps them ([privacy](privacy.md))",
    "card, security_code",
    default=", ".join(KINDS),
    is_replaying=True,
)
_PATTERNS = Json(
    "REDACT_PATTERNS",
    "remembered",
    "own regular expressions that are removed as well, by name ([more](#remembered))",
    '{"customer number": "[Kk][0-9]{6}"}',
    is_replaying=True,
)
_AUDIO_MP3 = Flag(
    "AUDIO_MP3",
    "projector",
    "whether recordings are also written as MP3 files beside their events",
    "false",
    default=True,
)
_FILE_WATCHER = Flag(
    "FILE_WATCHER",
    "projector",
    "whether the file system notifies the projector when the journal grows",
    "false",
    more="The projector also looks once a second, with or without it",
    default=True,
)
_METRICS_PORT = Whole(
    "METRICS_PORT",
    "projector",
    "the port on which the projector serves its [metrics](metrics.md), at `HOST`; 0 for none",
    "9464",
    more="Ingress serves its own at `/metrics`",
    default=0,
    low=0,
    high=65535,
)
_RETENTION = Whole(
    "RETENTION_DAYS",
    "projector",
    "how many days a call is kept; older ones are [erased](privacy.md#calls-that-are-kept-no-longer) from the log and "
    "from the memories, for good; 0 for ever",
    "365",
    default=0,
    low=0,
    high=36500,
)


class Settings(Storage, frozen=True, kw_only=True):
    """
    The projector's settings; `docs/settings.md` says what each of them does.

    `api` and the memory engine of `projection` are read only for commands that need them; one that merely can make use
    of `api` has None where it is not set, or cannot be used. `agent_ttl_hours` is None where no agent is asked about.
    """

    projection: Annotated[
        ProjectionSettings,
        DEFAULT_REGION,
        _TIMEZONE,
        _NAME_FIELDS,
        _SHARED_FIELDS,
        _HIDDEN_FIELDS,
        FACT_ATTRIBUTES,
        PROMPT_MAX,
        _WIDGET_IDS,
        _KEYPAD,
        _REDACT,
        _PATTERNS,
        _AUDIO_MP3,
    ]
    audit_path: Annotated[Path, AUDIT]
    is_watching: Annotated[bool, _FILE_WATCHER]
    log_level: Annotated[str, LOG_LEVEL]
    metrics_host: Annotated[str, HOST] = HOST.default
    metrics_port: Annotated[int | None, _METRICS_PORT] = None
    retention_days: Annotated[int | None, _RETENTION] = None
    agent_ttl_hours: Annotated[int | None, AGENT_TTL] = AGENT_TTL.default
    log_keys: Annotated[Secrets | None, LOG_KEYS] = None
    api: ApiSettings | None = None
    models: ModelSettings | None = None
    asking: AskingSettings = AskingSettings()
    tracing: TracingSettings | None = None
    doubts: tuple[Doubt, ...] = ()

    @classmethod
    def from_env(
        cls,
        variables: Mapping[str, str],
        *,
        needs_api: bool = False,
        may_use_api: bool = False,
        needs_engine: bool = True,
    ) -> "Settings":
        """
        Read the settings.

        Args:
            needs_api: whether the command asks ElevenLabs' API. If not, its settings are not even checked.
            may_use_api: whether the command asks that API only if it can. What is wrong with the settings is a doubt.
            needs_engine: whether the command uses the memory engine. If not, its settings are not even checked: the
                read model alone holds everything that the other commands show.

        Raises:
            SettingsError: at least one is missing or unusable; it names all of them.
        """
        env = Environment(variables)
        folders = read_folders(env)
        tracing, tracing_doubts = read_tracing(env)
        api, api_doubts = read_api_if_any(variables) if may_use_api else (None, ())
        models = read_models(env)
        database = read_database(env)
        settings = cls(
            payload_folder=folders.payloads,
            log_keys=read_log_keys(env),
            database=database,
            read_model_folder=folders.read_model,
            projection=ProjectionSettings(
                engine=read_engine(env, is_shared=database is not None) if needs_engine else EngineSettings(),
                region=DEFAULT_REGION.read(env),
                timezone=_TIMEZONE.read(env),
                trusts_widget_ids=_WIDGET_IDS.read(env),
                remembers_keypad=_KEYPAD.read(env),
                fold=FoldSettings(
                    name_fields=_NAME_FIELDS.read(env),
                    shared_fields=_ids(env, _SHARED_FIELDS, EVERY_FIELD),
                    hidden_fields=_ids(env, _HIDDEN_FIELDS),
                    fact_attributes=read_attributes(env),
                    prompt_max=PROMPT_MAX.read(env),
                ),
                redaction=_redaction(env),
                audio_mp3=_AUDIO_MP3.read(env),
            ),
            audit_path=folders.audit,
            is_watching=_FILE_WATCHER.read(env),
            log_level=LOG_LEVEL.read(env),
            metrics_host=HOST.read(env),
            metrics_port=_METRICS_PORT.read(env) or None,
            retention_days=_RETENTION.read(env) or None,
            agent_ttl_hours=AGENT_TTL.read(env) or None,
            api=read_api(env) if needs_api else api,
            models=models,
            asking=read_asking(env),
            tracing=tracing,
            doubts=(*doubts_of(variables, secrets=[LOG_KEYS.name, *secrets_of(models)]), *tracing_doubts, *api_doubts),
        )
        env.check()
        return settings


def _ids(env: Environment, setting: Names, *also: str) -> tuple[str, ...]:
    """Return data collection ids, squeezed and in a fixed order: another spelling must not cause a replay."""
    ids = {squeezed(id_) for id_ in setting.read(env)}
    for id_ in sorted(ids - {*also}):
        if not any(map(str.isalnum, id_)):
            env.fault(setting.name, f"must name data collection ids, such as allergies; {id_!r} is none")
    return tuple(sorted(ids))


def _redaction(env: Environment) -> RedactionSettings:
    names = {name.lower() for name in _REDACT.read(env)}
    if unknown := sorted(names - {*KINDS, _NOTHING}):
        env.fault(
            _REDACT.name, f"must name some of {', '.join(KINDS)}, or be {_NOTHING}; {', '.join(unknown)} is neither"
        )
    if _NOTHING in names and len(names) > 1:
        env.fault(_REDACT.name, f"must be {_NOTHING} alone, or name what to remove")
    patterns = env.json(_PATTERNS.name, dict[str, str], {})
    for name, pattern in patterns.items():
        _check_pattern(env, name, pattern)
    # In a fixed order: a settings file that only lists them in another order must not cause a replay.
    return RedactionSettings(tuple(kind for kind in KINDS if kind in names), dict(sorted(patterns.items())))


def _check_pattern(env: Environment, name: str, pattern: str) -> None:
    taken = {*KINDS, *(label.lower() for label in KINDS.values())}
    if not _PATTERN_NAME.fullmatch(name) or len(name) > _PATTERN_NAME_CHARS_MAX or name.lower() in taken:
        limits = f"of at most {_PATTERN_NAME_CHARS_MAX} letters, and not the name of a kind that REDACT knows"
        env.fault(_PATTERNS.name, f"must have names of one to five plain words, {limits}; not {name!r}")
    try:
        matches_nothing = re.compile(pattern).search("") is not None
    except (re.error, OverflowError, RecursionError) as error:
        env.fault(_PATTERNS.name, f"must hold regular expressions; {name!r} is not one: {error}")
        return
    if matches_nothing:
        env.fault(_PATTERNS.name, f"must not hold a regular expression that matches empty text, as {name!r} does")
