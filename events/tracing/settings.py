"""Whether spans are exported, and where to, by OpenTelemetry's own environment variables."""

from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Struct

from events.process.doubts import Doubt
from events.process.environment import Environment
from events.process.settings.setting import Text
from events.tracing.variables import (
    DISABLED,
    ENDPOINT,
    EXPORTER,
    PROTOCOL,
    READ_BY_THE_SDK,
    TRACES_ENDPOINT,
    TRACES_PROTOCOL,
    VARIABLES,
)

PREFIX = "OTEL_"
_OTLP, _NONE = "otlp", "none"
_HTTP = "http/protobuf"
_DEFAULT_ENDPOINT = "http://localhost:4318"


class TracingSettings(Struct, frozen=True):
    """
    Where spans go.

    `collector` is its scheme, host and port, which a log line may show. `variables` are all of OpenTelemetry's that are
    set, in the environment or in `.env`; they may hold secrets, so they never print.
    """

    collector: str
    variables: Annotated[dict[str, str], *VARIABLES]

    def __repr__(self) -> str:
        return f"TracingSettings(collector={self.collector!r})"


def read_tracing(env: Environment) -> tuple[TracingSettings | None, tuple[Doubt, ...]]:
    """
    Return where spans go, None where none are wanted, and what is doubtful about the variables.

    Spans are wanted where an OTLP endpoint is set, or `OTEL_TRACES_EXPORTER` is `otlp`, and `OTEL_SDK_DISABLED` is not
    `true`. No variable of OpenTelemetry's is a fault: whoever runs this process may have set them for all programs of a
    machine, and a value that is not understood must be warned about and ignored.

    Source: OpenTelemetry 1.50, "Environment Variable Specification" and "OTLP Exporter".
    """
    doubts: list[Doubt] = []
    for variable in READ_BY_THE_SDK:
        variable.read(env)
    is_disabled, is_wanted = _is_disabled(env, doubts), _is_wanted(env, doubts)
    (protocol_name, protocol), (endpoint_name, endpoint) = (
        _first(env, TRACES_PROTOCOL, PROTOCOL),
        _first(env, TRACES_ENDPOINT, ENDPOINT),
    )
    if is_disabled or not (is_wanted if is_wanted is not None else endpoint):
        return None, tuple(doubts)
    if protocol not in {"", _HTTP}:
        doubts.append(Doubt(protocol_name, f"is not {_HTTP}, which alone is spoken here: it is ignored"))
    collector = _collector(endpoint or _DEFAULT_ENDPOINT)
    if collector is None:
        doubts.append(Doubt(endpoint_name, "is no address such as http://127.0.0.1:4318: no traces are made"))
        return None, tuple(doubts)
    variables = {name: value for name, value in env.variables.items() if name.startswith(PREFIX) and value.strip()}
    return TracingSettings(collector, variables), tuple(doubts)


def _is_disabled(env: Environment, doubts: list[Doubt]) -> bool:
    text = DISABLED.read(env).lower()
    if text not in {"true", "false"}:
        doubts.append(Doubt(DISABLED.name, "is neither true nor false: it counts as false"))
    return text == "true"


def _is_wanted(env: Environment, doubts: list[Doubt]) -> bool | None:
    """Tell whether the variable asks for OTLP; None where it asks for nothing that we know."""
    names = {name.lower() for name in env.names(EXPORTER.name, "")}
    if names - {_OTLP, _NONE}:
        doubts.append(Doubt(EXPORTER.name, f"names an exporter that is not here: only {_OTLP} and {_NONE} are"))
    if _NONE in names:
        return False
    return True if _OTLP in names else None


def _first(env: Environment, *variables: Text) -> tuple[str, str]:
    """Return the first variable of some that is set, and its value; the first one, and nothing, if none is."""
    values = [(variable.name, variable.read(env)) for variable in variables]
    return next(((name, value) for name, value in values if value), values[0])


def _collector(endpoint: str) -> str | None:
    """Return the scheme, host and port of an endpoint, without a key that it may hold; None if it is none."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + ("" if port is None else f":{port}")
