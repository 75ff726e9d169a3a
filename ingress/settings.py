"""Ingress' settings, from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from events.process.doubts import Doubt, doubts_of
from events.process.environment import Environment
from events.process.folders import AUDIT, read_folders
from events.process.log_key import LOG_KEYS, read_log_keys
from events.process.settings.database import read_database
from events.process.settings.setting import Choice, Flag, Fraction, Json, Names, SecretList, Whole
from events.process.settings.shared import (
    CLIENT_DATA_KEYS,
    DEFAULT_REGION,
    HOST,
    LOG_LEVEL,
    POST_CALL_KEYS,
    SEARCH_DATA_KEYS,
)
from events.storage import Storage
from events.tracing.settings import TracingSettings, read_tracing
from events.wire.shared_secrets import Secrets
from ingress.wording.brief import BRIEF_CHARS_MAX
from ingress.wording.greetings.settings import (
    FIRST_MESSAGE_OVERRIDE,
    GREETING,
    GREETING_DETAIL,
    GREETINGS,
    OUTBOUND_GREETING,
    Detail,
    read_detail,
    read_greetings,
)
from ingress.wording.greetings.template import Template
from projector.domain.facts.registry.registry import Registry
from projector.engines.settings import EngineSettings, read_engine
from projector.read_side.attributes import FACT_ATTRIBUTES, read_attributes

# On the collections that it was chosen on, it loses at most 1 in 20 of the answers that are found: docs/search.md.
RELEVANCE_THRESHOLD = 0.29
_ADMIN_KEYS = SecretList(
    "ADMIN_KEY",
    "admin",
    "the `X-Api-Key` of exports, erasures and [corrections](corrections.md)",
    "c41d...",
    more="Without it their endpoints do not exist. You choose it, another one than above",
)
_OPEN_SEARCH = Flag(
    "ALLOW_UNAUTHENTICATED_SEARCH",
    "searched",
    "answer searches without a key; anyone who reaches the port can then read what callers said",
    "true",
    default=False,
)
_TOLERANCE = Whole(
    "SIGNATURE_TOLERANCE_MINUTES",
    "accepted",
    "how old a post-call signature may be, in minutes; one from the future may be 5 minutes ahead",
    "60",
    default=30,
    low=1,
    high=24 * 60,
)
_PORT = Whole(
    "PORT",
    "listening",
    "the port to listen on",
    "8080",
    more="Under honcho this line also beats `honcho start -p`",
    default=8000,
    low=1,
    high=65535,
)
_WORKERS = Whole(
    "INGRESS_WORKERS",
    "listening",
    "how many processes share the port",
    "4",
    more="On two cores a second one gains nothing ([why](adr/0008-workers-and-event-loop.md))",
    default=1,
    low=1,
    high=64,
)
_POST_CALLS = Whole(
    "POST_CALLS_MAX",
    "accepted",
    "how many post-call webhooks each worker takes at once; any more are answered 503 with `Retry-After` at once",
    "64",
    default=256,
    low=1,
    high=10_000,
)
_BODY = Whole(
    "BODY_MAX_MB",
    "accepted",
    "the largest post-call body, in MiB; a larger one is answered 413",
    "512",
    default=256,
    low=1,
    high=4096,
)
_BODY_IDLE = Whole(
    "BODY_IDLE_TIMEOUT_S",
    "accepted",
    "how long the sender of a body may be silent, in seconds; then the answer is 408, and the connection is closed",
    "60",
    default=30,
    low=1,
    high=600,
)
_FREE_DISK = Whole(
    "FREE_DISK_MIN_MB",
    "accepted",
    "`/health` is 503 while the log's disk has less than this free, in MiB; 0 switches this off",
    "2048",
    default=512,
    low=0,
    high=1024 * 1024 * 1024,
)
_FREE_FILES = Whole(
    "FREE_FILES_MIN",
    "accepted",
    "`/health` is 503 while the log's disk takes fewer more files and folders than this; 0 switches this off",
    "50000",
    default=10_000,
    low=0,
    high=1_000_000_000,
)
_BRIEF = Whole(
    "BRIEF_CHARS_MAX",
    "told",
    "the greatest length of the variable `caller_brief`, in characters",
    "4000",
    default=BRIEF_CHARS_MAX,
    low=100,
    high=20_000,
)
_SENSITIVE = Choice(
    "SENSITIVE",
    "told",
    "whether what models stated on health, money, credentials and other people answers a question about it",
    "withhold",
    default="tell",
    choices=("tell", "withhold"),
)
_EXTRA = Json(
    "EXTRA_DYNAMIC_VARIABLES",
    "told",
    "further dynamic variables, for all agents or for some ([more](#told))",
    '{"company": "Example Ltd"}',
)
_THRESHOLD = Fraction(
    "MEMORY_RELEVANCE_THRESHOLD",
    "searched",
    "how well a memory must fit to be told as certain; 0 switches it off",
    "0.35",
    default=RELEVANCE_THRESHOLD,
)
_SEARCH_DEADLINE = Whole(
    "SEARCH_DEADLINE_MS",
    "searched",
    'how long a search may take, in milliseconds; then recent memories are the answer, with `"degraded": true`',
    "1500",
    default=2500,
    low=50,
    high=60_000,
)
_ORIGINS = Names("CORS_ALLOW_ORIGINS", "listening", "web origins that may call from a browser", "https://example.com")
_DEBUG = Flag(
    "DEBUG",
    "listening",
    "offer `POST /echo`, which answers with what it was sent, headers included; not for production",
    "true",
    default=False,
)
_SECRETS = (POST_CALL_KEYS, CLIENT_DATA_KEYS, SEARCH_DATA_KEYS, _ADMIN_KEYS, LOG_KEYS)
Variable = str | int | float | bool
OUR_VARIABLES = (
    "user_name",
    "user_profile_summary",
    "last_call_summary",
    "caller_name",
    "caller_history",
    "caller_preferences",
    "caller_brief",
    "open_issues",
    "greeting",
    "outbound_greeting",
    "is_returning_caller",
    "call_count",
)


class Settings(Storage, frozen=True, kw_only=True):
    """Ingress' settings; `docs/settings.md` says what each of them does."""

    post_call_keys: Annotated[Secrets, POST_CALL_KEYS]
    client_data_keys: Annotated[Secrets, CLIENT_DATA_KEYS]
    search_data_keys: Annotated[Secrets, SEARCH_DATA_KEYS]
    admin_keys: Annotated[Secrets, _ADMIN_KEYS]
    signature_tolerance_s: Annotated[int, _TOLERANCE]
    log_keys: Annotated[Secrets | None, LOG_KEYS]
    audit_path: Annotated[Path, AUDIT]
    engine: EngineSettings
    region: Annotated[str, DEFAULT_REGION]
    host: Annotated[str, HOST]
    port: Annotated[int, _PORT]
    workers: Annotated[int, _WORKERS]
    post_calls_max: Annotated[int, _POST_CALLS]
    body_bytes_max: Annotated[int, _BODY]
    body_idle_timeout_s: Annotated[int, _BODY_IDLE]
    free_disk_bytes_min: Annotated[int, _FREE_DISK]
    free_files_min: Annotated[int, _FREE_FILES]
    default_greeting: Annotated[str, GREETING]
    outbound_greeting: Annotated[str, OUTBOUND_GREETING]
    greetings: Annotated[dict[str, Template], GREETINGS]
    greeting_detail: Annotated[Detail, GREETING_DETAIL]
    first_message_override: Annotated[bool, FIRST_MESSAGE_OVERRIDE]
    brief_chars_max: Annotated[int, _BRIEF]
    registry: Annotated[Registry, FACT_ATTRIBUTES]
    tells_sensitive: Annotated[bool, _SENSITIVE]
    extra_variables: Annotated[dict[str, Variable | dict[str, Variable]], _EXTRA]
    search_deadline_s: Annotated[float, _SEARCH_DEADLINE]
    relevance_threshold: Annotated[float, _THRESHOLD]
    allow_unauthenticated_search: Annotated[bool, _OPEN_SEARCH]
    cors_allow_origins: Annotated[tuple[str, ...], _ORIGINS]
    is_debug: Annotated[bool, _DEBUG]
    log_level: Annotated[str, LOG_LEVEL]
    tracing: TracingSettings | None = None
    doubts: tuple[Doubt, ...] = ()

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "Settings":
        """
        Read the settings.

        Raises:
            SettingsError: at least one is missing or unusable; it names all of them.
        """
        env = Environment(variables)
        folders = read_folders(env)
        tracing, tracing_doubts = read_tracing(env)
        is_search_open = _OPEN_SEARCH.read(env)
        database = read_database(env)
        settings = cls(
            post_call_keys=POST_CALL_KEYS.read(env, required=True),
            client_data_keys=CLIENT_DATA_KEYS.read(env, required=True),
            search_data_keys=SEARCH_DATA_KEYS.read(env, required=not is_search_open),
            admin_keys=_ADMIN_KEYS.read(env, required=False),
            allow_unauthenticated_search=is_search_open,
            signature_tolerance_s=60 * _TOLERANCE.read(env),
            payload_folder=folders.payloads,
            log_keys=read_log_keys(env),
            read_model_folder=folders.read_model,
            audit_path=folders.audit,
            database=database,
            engine=read_engine(env, is_shared=database is not None),
            region=DEFAULT_REGION.read(env),
            host=HOST.read(env),
            port=_PORT.read(env),
            workers=_WORKERS.read(env),
            post_calls_max=_POST_CALLS.read(env),
            body_bytes_max=1024 * 1024 * _BODY.read(env),
            body_idle_timeout_s=_BODY_IDLE.read(env),
            free_disk_bytes_min=1024 * 1024 * _FREE_DISK.read(env),
            free_files_min=_FREE_FILES.read(env),
            default_greeting=GREETING.read(env),
            outbound_greeting=OUTBOUND_GREETING.read(env),
            greetings=read_greetings(env),
            greeting_detail=read_detail(env),
            first_message_override=FIRST_MESSAGE_OVERRIDE.read(env),
            brief_chars_max=_BRIEF.read(env),
            registry=Registry(read_attributes(env)),
            tells_sensitive=_SENSITIVE.read(env) == "tell",
            extra_variables=_extra_variables(env),
            relevance_threshold=_THRESHOLD.read(env),
            search_deadline_s=_SEARCH_DEADLINE.read(env) / 1000,
            cors_allow_origins=_ORIGINS.read(env),
            is_debug=_DEBUG.read(env),
            log_level=LOG_LEVEL.read(env),
            tracing=tracing,
            doubts=(*doubts_of(variables, secrets=[setting.name for setting in _SECRETS]), *tracing_doubts),
        )
        env.check()
        return settings


def _extra_variables(env: Environment) -> dict[str, Variable | dict[str, Variable]]:
    none: dict[str, Variable | dict[str, Variable]] = {}
    given = env.json(_EXTRA.name, dict[str, Variable | dict[str, Variable]], none)
    names = [name for key, value in given.items() for name in (value if isinstance(value, dict) else [key])]
    for name in names:
        if name.startswith(("system__", "secret__")) or name in OUR_VARIABLES:
            env.fault(_EXTRA.name, f"may not set {name!r}: ElevenLabs or this service sets it")
    return given
