"""OpenTelemetry's own environment variables, as far as our page of settings names them."""

from events.process.settings.setting import Text

DISABLED = Text(
    "OTEL_SDK_DISABLED", "traces", "`true` switches traces off, whatever else is set", "true", default="false"
)
EXPORTER = Text(
    "OTEL_TRACES_EXPORTER",
    "traces",
    "`otlp`, also without an endpoint, or `none`",
    "none",
    default_told="by the endpoint",
)
ENDPOINT = Text(
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "traces",
    "the collector; `/v1/traces` is added",
    "http://127.0.0.1:4318",
    default_told="none; `http://localhost:4318` with `OTEL_TRACES_EXPORTER`",
)
TRACES_ENDPOINT = Text(
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "traces",
    "the same for traces alone, taken as it is",
    "http://127.0.0.1:4318/v1/traces",
)
PROTOCOL = Text(
    "OTEL_EXPORTER_OTLP_PROTOCOL",
    "traces",
    "`http/protobuf`; any other one is warned about and ignored",
    "http/protobuf",
    default_told="`http/protobuf`",
)
TRACES_PROTOCOL = Text(
    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "traces",
    "the same for traces alone",
    "http/protobuf",
    default_told="`http/protobuf`",
)
# The SDK reads these itself, as it reads every other variable of its own.
READ_BY_THE_SDK = (
    Text(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "traces",
        "what the collector wants to see, such as a key: `name=value`, comma-separated",
        "api-key=0123",
    ),
    Text(
        "OTEL_EXPORTER_OTLP_TIMEOUT",
        "traces",
        "how long an export may take, in seconds",
        "5",
        default_told="`10`",
    ),
    Text(
        "OTEL_SERVICE_NAME",
        "traces",
        "the name of both processes",
        "phone",
        default_told="`elaoms-ingress`, `elaoms-projector`",
    ),
    Text(
        "OTEL_RESOURCE_ATTRIBUTES",
        "traces",
        "what else is said of a process: `name=value`, comma-separated",
        "deployment.environment.name=test",
    ),
    Text(
        "OTEL_TRACES_SAMPLER",
        "traces",
        "which traces are kept",
        "traceidratio",
        default_told="`parentbased_always_on`",
    ),
    Text("OTEL_TRACES_SAMPLER_ARG", "traces", "which share of them a sampler keeps", "0.1"),
)
VARIABLES = (
    ENDPOINT,
    TRACES_ENDPOINT,
    EXPORTER,
    DISABLED,
    PROTOCOL,
    TRACES_PROTOCOL,
    *READ_BY_THE_SDK,
)
