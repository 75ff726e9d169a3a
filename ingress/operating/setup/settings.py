"""The settings that `ingress setup` needs, from the environment; unlike ingress it starts without any secret."""

from collections.abc import Mapping
from ipaddress import ip_address

import httpx
from msgspec import Struct

from events.process.environment import Environment
from events.process.log_key import LOG_KEY
from events.process.settings.shared import API_KEY, API_URL, CLIENT_DATA_KEYS, POST_CALL_KEYS, SEARCH_DATA_KEYS
from events.wire.shared_secrets import is_placeholder
from ingress.operating.setup.wanted import CLIENT_DATA, POST_CALL, SEARCH_DATA
from ingress.wording.greetings.settings import FIRST_MESSAGE_OVERRIDE

POST_CALL_KEY, CLIENT_DATA_KEY, SEARCH_DATA_KEY = POST_CALL_KEYS.name, CLIENT_DATA_KEYS.name, SEARCH_DATA_KEYS.name


class ApiSettings(Struct, frozen=True):
    """How to reach ElevenLabs' API: the key, masked nowhere else, and the address, None for the SDK's own."""

    key: str
    base_url: str | None

    def __repr__(self) -> str:
        return f"ApiSettings(<masked>, {self.base_url!r})"


class SetupSettings(Struct, frozen=True, kw_only=True):
    """
    The settings that setting up needs.

    `keys` holds the usable secrets by the name of their variable, the current one first.
    """

    api: ApiSettings
    keys: dict[str, tuple[str, ...]]
    first_message_override: bool
    has_log_key: bool

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "SetupSettings":
        """
        Read the settings.

        Raises:
            SettingsError: at least one is missing or unusable; it names all of them.
        """
        env = Environment(variables)
        settings = cls(
            api=read_api(env),
            keys={name: _usable(env, name) for name in (POST_CALL_KEY, CLIENT_DATA_KEY, SEARCH_DATA_KEY)},
            has_log_key=bool(_usable(env, LOG_KEY)),
            first_message_override=FIRST_MESSAGE_OVERRIDE.read(env),
        )
        env.check()
        return settings

    def __repr__(self) -> str:
        return f"SetupSettings({self.api!r}, {len(self.keys)} masked)"


def read_api(env: Environment, *, required: bool = True) -> ApiSettings:
    """Return how to reach the API; the key is empty if it is neither set nor required."""
    keys = env.keys(
        API_KEY.name,
        "the API key of your ElevenLabs account, one that may change agents, tools and webhooks",
        required=required,
    )
    base_url = API_URL.read(env) or None
    if base_url is not None and not is_web_address(base_url):
        env.fault(API_URL.name, "must be an address such as https://api.eu.residency.elevenlabs.io")
    return ApiSettings(next(iter(keys), ""), base_url)


def is_web_address(text: str) -> bool:
    """Tell whether a text is an http or https address without a query."""
    try:
        address = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return address.scheme in {"http", "https"} and bool(address.host) and not (address.query or address.fragment)


def has_webhook_path(url: str) -> bool:
    """Tell whether an address already ends in the path of a webhook, which stands behind the address itself."""
    return httpx.URL(url).path.rstrip("/").endswith((POST_CALL, CLIENT_DATA, SEARCH_DATA))


def doubt_of_address(url: str) -> str:
    """Return why ElevenLabs may not reach an address; empty if nothing speaks against it."""
    address = httpx.URL(url)
    if is_loopback(address.host):
        return f"{address.host} is this machine, as this machine calls itself: ElevenLabs does not reach it"
    if address.scheme != "https":
        return f"{url} is not https: what callers say, and the secrets, would travel in the clear"
    return ""


def is_loopback(host: str) -> bool:
    """Tell whether a host is the machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _usable(env: Environment, name: str) -> tuple[str, ...]:
    return tuple(key for key in env.names(name, "") if not is_placeholder(key))
