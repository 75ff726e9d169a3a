"""The settings of language models: whom to ask, and where words of a call may go. No SDK is imported to read them."""

from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, cast
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct, structs

from events.process.environment import Environment
from events.process.settings.setting import Choice, Names, SecretList, Setting, Text, Whole

NONE, OPENAI, ANTHROPIC, COMPATIBLE, FILE = "none", "openai", "anthropic", "openai-compatible", "file"
Structured = Literal["schema", "json", "tools"]
# Source: the SDKs' defaults. They are given to the SDKs, whose own could be changed by variables of theirs.
BASE_URLS = {OPENAI: "https://api.openai.com/v1", ANTHROPIC: "https://api.anthropic.com"}
# The package that a provider needs, which is also the name of the extra.
_PACKAGES = {OPENAI: "openai", COMPATIBLE: "openai", ANTHROPIC: "anthropic"}
_KINDS = (NONE, OPENAI, ANTHROPIC, COMPATIBLE, FILE)
_STRUCTURED = ("schema", "json", "tools")
_KEY_WHAT = "the API key of the model's vendor"


class _Variables(Struct, frozen=True):
    """The variables of one provider: of the first, or of the one that is asked in its place."""

    provider: Choice
    model: Text
    key: SecretList
    base_url: Text
    structured: Choice


_FIRST = _Variables(
    Choice(
        "LLM_PROVIDER",
        "learning",
        "who reads the calls, and says what they [teach](learning.md); `none` for nobody",
        ANTHROPIC,
        default=NONE,
        choices=_KINDS,
    ),
    Text("LLM_MODEL", "learning", "the model to ask, as its vendor or server names it", "claude-haiku-5-5"),
    SecretList(
        "LLM_API_KEY",
        "learning",
        _KEY_WHAT,
        "sk-...",
        more="One key. Not needed with `openai-compatible`, if the server asks for none",
    ),
    Text(
        "LLM_BASE_URL",
        "learning",
        "where the model is, with `openai-compatible`; otherwise only for a region of the vendor",
        "http://127.0.0.1:11434/v1",
        default_told="the vendor's",
    ),
    Choice(
        "LLM_STRUCTURED",
        "learning",
        "how an `openai-compatible` server is told what an answer must look like: by a JSON schema, as any JSON, or as "
        "the call of a tool",
        "json",
        default="schema",
        choices=_STRUCTURED,
    ),
)
_FALLBACK = _Variables(
    Choice(
        "LLM_FALLBACK_PROVIDER",
        "learning",
        "who is asked if the first one has no answer after all tries",
        COMPATIBLE,
        default=NONE,
        choices=_KINDS,
    ),
    Text("LLM_FALLBACK_MODEL", "learning", "its model", "qwen3:14b"),
    SecretList("LLM_FALLBACK_API_KEY", "learning", "its API key", "sk-..."),
    Text("LLM_FALLBACK_BASE_URL", "learning", "where it is", "http://127.0.0.1:11434/v1", default_told="the vendor's"),
    Choice(
        "LLM_FALLBACK_STRUCTURED",
        "learning",
        "as `LLM_STRUCTURED`",
        "tools",
        default="schema",
        choices=_STRUCTURED,
    ),
)
_HOSTS = Names(
    "LLM_ALLOWED_HOSTS",
    "learning",
    "the only hosts that words of a call may be sent to",
    "api.anthropic.com, 127.0.0.1",
    more="A provider elsewhere is a fault at the start. A host outside of your network is asked without TLS only if it "
    "is named here",
    default_told="those of the providers that are set",
)
_TIMEOUT = Whole(
    "LLM_TIMEOUT_S",
    "learning",
    "how long one answer may take, in seconds, from the first byte of the question to the last one of the answer",
    "120",
    more="A model on a processor may need minutes",
    default=30,
    low=1,
    high=3600,
)
_FILE = Text(
    "LLM_FILE",
    "learning",
    "with `file`: the answers, one a line, as `events import-extractions` [takes](facts.md) them",
    "answers.jsonl",
)


class ProviderSettings(Struct, frozen=True, kw_only=True):
    """
    Whom to ask.

    `kind` is the value of `LLM_PROVIDER`, and `base_url` an address without a slash at its end, empty for `file`. `key`
    is never shown. `timeout_s` is the longest that one answer may take, in seconds.
    """

    kind: str
    model: str = ""
    key: str = ""
    base_url: str = ""
    structured: Structured = "schema"
    timeout_s: float = 30.0
    file: str = ""

    def __repr__(self) -> str:
        """Show everything but the key."""
        return f"ProviderSettings(kind={self.kind!r}, model={self.model!r}, base_url={self.base_url!r})"

    @property
    def host(self) -> str:
        """The name of the machine that gets the words; empty if none does."""
        return host_of(self.base_url)


class ModelSettings(Struct, frozen=True, kw_only=True):
    """The model that is asked, and the one that is asked if it has no answer; None for no such one."""

    provider: Annotated[
        ProviderSettings,
        _FIRST.provider,
        _FIRST.model,
        _FIRST.key,
        _FIRST.base_url,
        _FIRST.structured,
        _HOSTS,
        _TIMEOUT,
        _FILE,
    ]
    fallback: Annotated[
        ProviderSettings | None,
        _FALLBACK.provider,
        _FALLBACK.model,
        _FALLBACK.key,
        _FALLBACK.base_url,
        _FALLBACK.structured,
    ] = None


def read_models(env: Environment) -> ModelSettings | None:
    """
    Return whom to ask; None for nobody. Faults of these settings are noted in `env`.

    Without a provider the others are not even checked: one line switches all of it off.
    """
    first = _read(env, _FIRST)
    if first is None:
        return None
    fallback, timeout_s = _read(env, _FALLBACK), float(_TIMEOUT.read(env))
    return ModelSettings(
        provider=structs.replace(first, timeout_s=timeout_s),
        fallback=structs.replace(fallback, timeout_s=timeout_s) if fallback is not None else None,
    )


def secrets_of(settings: ModelSettings | None) -> list[str]:
    """Return the names of the variables that hold keys of models."""
    return [] if settings is None else [_FIRST.key.name, _FALLBACK.key.name]


def host_of(base_url: str) -> str:
    """Return the host of an address, in lower case and without its port; empty if it has none."""
    try:
        return (urlsplit(base_url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _read(env: Environment, variables: _Variables) -> ProviderSettings | None:
    kind = variables.provider.read(env)
    if kind == FILE:
        return ProviderSettings(kind=kind, file=_file(env))
    if kind not in _PACKAGES:  # none, or a fault that is noted
        return None
    package = _PACKAGES[kind]
    if find_spec(package) is None:
        env.fault(variables.provider.name, f"is {kind}, which needs: pip install 'elaoms[{package}]'")
    structured = variables.structured.read(env)
    if kind != COMPATIBLE and structured != "schema":
        env.fault(variables.structured.name, f"must be schema, or not set: {kind} takes a schema")
    model = variables.model.read(env)
    if not model:
        env.fault(variables.model.name, f"is not set; it is the model to ask, such as {variables.model.example}")
    return ProviderSettings(
        kind=kind,
        model=model,
        key=_key(env, variables.key, is_required=kind != COMPATIBLE),
        base_url=_base_url(env, kind, variables.base_url),
        structured=cast("Structured", structured),
    )


def _key(env: Environment, setting: SecretList, *, is_required: bool) -> str:
    keys = env.keys(setting.name, _KEY_WHAT, required=is_required)
    if len(keys) > 1:
        env.fault(setting.name, "must be one key: it is sent to the vendor")
    return next(iter(keys), "")


def _base_url(env: Environment, kind: str, setting: Text) -> str:
    text = setting.read(env) or BASE_URLS.get(kind, "")
    if not text:
        env.fault(setting.name, f"is not set; it is the address of the server to ask, such as {setting.example}")
        return ""
    address = _address(text)
    if address is None:
        env.fault(setting.name, f"must be a web address such as {setting.example}, without a user or a query")
        return ""
    host = host_of(text)
    allowed = [name.lower().rstrip(".") for name in _HOSTS.read(env)]
    if allowed and host not in allowed:
        where: Setting = setting if setting.read(env) else _HOSTS
        env.fault(where.name, f"must agree with {_HOSTS.name}: {host} is not among the hosts that words may go to")
    elif address.scheme == "http" and host not in allowed and not _is_near(host):
        env.fault(
            setting.name,
            f"must begin with https: words of calls would cross the network in the clear. If {host} is in a network of "
            f"yours, name it in {_HOSTS.name}",
        )
    return text.rstrip("/")


def _address(text: str) -> SplitResult | None:
    try:
        address = urlsplit(text)
        has_port = address.port is None or address.port > 0
    except ValueError:
        return None
    is_plain = not (address.username or address.password or address.query or address.fragment)
    is_printable = text.isascii() and text.isprintable() and " " not in text
    is_usable = address.scheme in {"http", "https"} and bool(address.hostname) and has_port
    return address if is_usable and is_plain and is_printable else None


def _is_near(host: str) -> bool:
    """Tell whether a host can only be on this machine, or in its own network."""
    try:
        number = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".localhost", ".home.arpa"))
    return number.is_loopback or number.is_private or number.is_link_local


def _file(env: Environment) -> str:
    text = _FILE.read(env)
    if not text:
        env.fault(_FILE.name, f"is not set; it is the file of answers that {_FIRST.provider.name}={FILE} reads")
    elif not Path(text).expanduser().is_file():
        env.fault(_FILE.name, f"must be a file that is there; {text} is none")
    return str(Path(text).expanduser()) if text else ""
