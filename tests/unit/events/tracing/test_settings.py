"""Whether spans are exported, by OpenTelemetry's own variables."""

import pytest

from events.process.doubts import Doubt
from events.process.environment import Environment
from events.tracing.settings import TracingSettings, read_tracing

ENDPOINT, TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
HERE = {ENDPOINT: "http://127.0.0.1:4318"}


def read(**variables: str) -> tuple[TracingSettings | None, tuple[Doubt, ...]]:
    """Read the settings, which never are a fault."""
    env = Environment(variables)
    found = read_tracing(env)
    env.check()
    return found


@pytest.mark.parametrize(
    ("variables", "collector"),
    [
        ({}, None),
        ({ENDPOINT: ""}, None),
        ({ENDPOINT: "  "}, None),
        (HERE, "http://127.0.0.1:4318"),
        ({TRACES_ENDPOINT: "https://c.example/v1/traces"}, "https://c.example"),
        (HERE | {TRACES_ENDPOINT: "http://c.example:1/v1/traces"}, "http://c.example:1"),
        ({ENDPOINT: "http://user:secret@[::1]:4318/key?token=secret"}, "http://[::1]:4318"),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "http://localhost:4318"),
        (HERE | {"OTEL_TRACES_EXPORTER": "none"}, None),
        (HERE | {"OTEL_TRACES_EXPORTER": "otlp,none"}, None),
        (HERE | {"OTEL_TRACES_EXPORTER": ""}, "http://127.0.0.1:4318"),
        (HERE | {"OTEL_SDK_DISABLED": "true"}, None),
        (HERE | {"OTEL_SDK_DISABLED": "TRUE"}, None),
        (HERE | {"OTEL_SDK_DISABLED": "false"}, "http://127.0.0.1:4318"),
        (HERE | {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, "http://127.0.0.1:4318"),
        ({"OTEL_SERVICE_NAME": "clinic", "OTEL_METRICS_EXPORTER": "otlp"}, None),
    ],
)
def test_spans_are_wanted_where_the_variables_ask_for_them(variables: dict[str, str], collector: str | None) -> None:
    """Without an endpoint nothing is exported; `OTEL_SDK_DISABLED` and the exporter `none` switch it off."""
    settings, doubts = read(**variables)
    assert (settings.collector if settings is not None else None) == collector
    assert doubts == ()


@pytest.mark.parametrize(
    ("variables", "doubtful", "is_on"),
    [
        (HERE | {"OTEL_SDK_DISABLED": "yes"}, "OTEL_SDK_DISABLED", True),
        (HERE | {"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER", True),
        (HERE | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL", True),
        (
            HERE | {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"},
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            True,
        ),
        ({ENDPOINT: "127.0.0.1:4318"}, ENDPOINT, False),
        ({ENDPOINT: "grpc://127.0.0.1:4317"}, ENDPOINT, False),
        ({TRACES_ENDPOINT: "http://:4318"}, TRACES_ENDPOINT, False),
        ({ENDPOINT: "http://127.0.0.1:port"}, ENDPOINT, False),
        ({ENDPOINT: "http://[::1"}, ENDPOINT, False),
    ],
)
def test_value_that_is_not_understood_is_a_doubt(variables: dict[str, str], doubtful: str, *, is_on: bool) -> None:
    """A variable that was set for all programs of a machine keeps no process from starting."""
    settings, doubts = read(**variables)
    assert [doubt.variable for doubt in doubts] == [doubtful]
    assert (settings is not None) == is_on


def test_variables_never_print() -> None:
    """The key of a collector, which a header holds, stands in no line that shows the settings."""
    settings, _ = read(**HERE, OTEL_EXPORTER_OTLP_HEADERS="api-key=secret", PORT="1", OTEL_BSP_MAX_QUEUE_SIZE="9")
    assert settings is not None
    assert set(settings.variables) == {ENDPOINT, "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_BSP_MAX_QUEUE_SIZE"}
    assert "secret" not in f"{settings} {settings!r}"
