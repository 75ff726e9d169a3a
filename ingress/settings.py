"""Ingress' settings, from the environment."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from events.process.doubts import Doubt, doubts_of
from events.process.environment import Environment
from events.process.folders import read_folders
from events.process.log_key import read_log_keys
from events.tracing.settings import TracingSettings, read_tracing
from events.wire.shared_secrets import Secrets
from ingress.wording.brief import BRIEF_CHARS_MAX
from ingress.wording.greeting import DEFAULT_GREETING, TEMPLATES, Template, template_key
from projector.domain.facts.registry.registry import Registry
from projector.engines.settings import EngineSettings, read_engine
from projector.read_side.attributes import read_attributes

# On the collections that it was chosen on, it loses at most 1 in 20 of the answers that are found: docs/search.md.
RELEVANCE_THRESHOLD = 0.29
_SECRETS = (
    "ELEVENLABS_POST_CALL_KEY",
    "ELEVENLABS_CLIENT_DATA_KEY",
    "ELEVENLABS_SEARCH_DATA_KEY",
    "ADMIN_KEY",
    "LOG_KEY",
)
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
    "is_returning_caller",
    "call_count",
)


class Settings(Struct, frozen=True, kw_only=True):
    """Ingress' settings; `docs/settings.md` says what each of them does."""

    post_call_keys: Secrets
    client_data_keys: Secrets
    search_data_keys: Secrets
    admin_keys: Secrets
    allow_unauthenticated_search: bool
    signature_tolerance_s: int
    payload_folder: Path
    log_keys: Secrets | None
    read_model_folder: Path
    audit_path: Path
    engine: EngineSettings
    region: str
    host: str
    port: int
    workers: int
    post_calls_max: int
    body_bytes_max: int
    body_idle_timeout_s: int
    free_disk_bytes_min: int
    free_files_min: int
    default_greeting: str
    greetings: dict[str, Template]
    first_message_override: bool
    brief_chars_max: int
    registry: Registry
    tells_sensitive: bool
    extra_variables: dict[str, Variable | dict[str, Variable]]
    relevance_threshold: float
    search_deadline_s: float
    cors_allow_origins: tuple[str, ...]
    is_debug: bool
    log_level: str
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
        is_search_open = env.flag("ALLOW_UNAUTHENTICATED_SEARCH", default=False)
        settings = cls(
            post_call_keys=env.keys("ELEVENLABS_POST_CALL_KEY", "the HMAC secret of the post-call webhook"),
            client_data_keys=env.keys("ELEVENLABS_CLIENT_DATA_KEY", "the X-Api-Key of the client-data webhook"),
            search_data_keys=env.keys(
                "ELEVENLABS_SEARCH_DATA_KEY", "the X-Api-Key of the search tool", required=not is_search_open
            ),
            admin_keys=env.keys("ADMIN_KEY", "the X-Api-Key of exports, erasures and corrections", required=False),
            allow_unauthenticated_search=is_search_open,
            signature_tolerance_s=60 * env.whole("SIGNATURE_TOLERANCE_MINUTES", 30, low=1, high=24 * 60),
            payload_folder=folders.payloads,
            log_keys=read_log_keys(env),
            read_model_folder=folders.read_model,
            audit_path=folders.audit,
            engine=read_engine(env),
            region=env.region("DEFAULT_REGION"),
            host=env.text("HOST", "127.0.0.1"),
            port=env.whole("PORT", 8000, low=1, high=65535),
            workers=env.whole("INGRESS_WORKERS", 1, low=1, high=64),
            post_calls_max=env.whole("POST_CALLS_MAX", 256, low=1, high=10_000),
            body_bytes_max=1024 * 1024 * env.whole("BODY_MAX_MB", 256, low=1, high=4096),
            body_idle_timeout_s=env.whole("BODY_IDLE_TIMEOUT_S", 30, low=1, high=600),
            free_disk_bytes_min=1024 * 1024 * env.whole("FREE_DISK_MIN_MB", 512, low=0, high=1024 * 1024 * 1024),
            free_files_min=env.whole("FREE_FILES_MIN", 10_000, low=0, high=1_000_000_000),
            default_greeting=env.text("DEFAULT_GREETING", DEFAULT_GREETING),
            greetings=_greetings(env),
            first_message_override=env.flag("FIRST_MESSAGE_OVERRIDE", default=True),
            brief_chars_max=env.whole("BRIEF_CHARS_MAX", BRIEF_CHARS_MAX, low=100, high=20_000),
            registry=Registry(read_attributes(env)),
            tells_sensitive=env.choice("SENSITIVE", "tell", ("tell", "withhold")) == "tell",
            extra_variables=_extra_variables(env),
            relevance_threshold=env.fraction("MEMORY_RELEVANCE_THRESHOLD", RELEVANCE_THRESHOLD),
            search_deadline_s=env.whole("SEARCH_DEADLINE_MS", 2500, low=50, high=60_000) / 1000,
            cors_allow_origins=env.names("CORS_ALLOW_ORIGINS", ""),
            is_debug=env.flag("DEBUG", default=False),
            log_level=env.choice("LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
            tracing=tracing,
            doubts=(*doubts_of(variables, secrets=_SECRETS), *tracing_doubts),
        )
        env.check()
        return settings


def _greetings(env: Environment) -> dict[str, Template]:
    given = env.json("GREETINGS", dict[str, Template], {})
    for language, template in given.items():
        if "{name}" not in template.named or "{name}" in template.unnamed:
            env.fault("GREETINGS", f"for {language!r} needs {{name}} in `named`, and must not have it in `unnamed`")
    return TEMPLATES | {template_key(language): template for language, template in given.items()}


def _extra_variables(env: Environment) -> dict[str, Variable | dict[str, Variable]]:
    none: dict[str, Variable | dict[str, Variable]] = {}
    given = env.json("EXTRA_DYNAMIC_VARIABLES", dict[str, Variable | dict[str, Variable]], none)
    names = [name for key, value in given.items() for name in (value if isinstance(value, dict) else [key])]
    for name in names:
        if name.startswith(("system__", "secret__")) or name in OUR_VARIABLES:
            env.fault("EXTRA_DYNAMIC_VARIABLES", f"may not set {name!r}: ElevenLabs or this service sets it")
    return given
