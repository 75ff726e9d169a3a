"""The settings that several processes, or several of their commands, read."""

from events.process.settings.setting import Choice, Region, SecretList, Text

POST_CALL_KEYS = SecretList(
    "ELEVENLABS_POST_CALL_KEY",
    "secrets",
    "the HMAC secret of the post-call webhook",
    "wsec_new,wsec_old",
    more="ElevenLabs shows it once, when the webhook is made",
)
CLIENT_DATA_KEYS = SecretList(
    "ELEVENLABS_CLIENT_DATA_KEY",
    "secrets",
    "the `X-Api-Key` of the client-data webhook",
    "5f1c...",
    more="You choose it: `openssl rand -hex 32`",
)
SEARCH_DATA_KEYS = SecretList(
    "ELEVENLABS_SEARCH_DATA_KEY",
    "secrets",
    "the `X-Api-Key` of the search tool",
    "a90e...",
    more="You choose it, another one than above. Not needed with `ALLOW_UNAUTHENTICATED_SEARCH`",
)
HOST = Text(
    "HOST",
    "listening",
    "the address to listen on; with `METRICS_PORT` also the projector",
    "0.0.0.0",  # noqa: S104 - an example
    more="127.0.0.1 is for a tunnel or a reverse proxy on the same machine",
    default="127.0.0.1",
)
DEFAULT_REGION = Region(
    "DEFAULT_REGION",
    "both",
    "the country in which a number without a country code is read",
    "DE",
    is_replaying=True,
)
LOG_LEVEL = Choice(
    "LOG_LEVEL", "both", "what is logged", "warning", default="info", choices=("debug", "info", "warning", "error")
)
API_KEY = SecretList(
    "ELEVENLABS_API_KEY",
    "api",
    "an API key of your ElevenLabs account",
    "sk_...",
    more="For `projector backfill` one that may only read conversations is enough, for what is known "
    "[of agents](running.md#what-is-known-of-agents) one that may only read agents, for `ingress doctor` one that may "
    "also read tools, webhooks and settings; `ingress setup` must be allowed to change these",
)
API_URL = Text(
    "ELEVENLABS_BASE_URL",
    "api",
    "where ElevenLabs' API is, for accounts with data residency",
    "https://api.eu.residency.elevenlabs.io",
    default_told="the SDK's: `https://api.elevenlabs.io`",
)
