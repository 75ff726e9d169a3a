"""The settings of who is asked, from the environment: ElevenLabs' API."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Struct

from events.errors import SettingsError
from events.process.doubts import Doubt
from events.process.environment import Environment
from events.process.settings.setting import Whole
from events.process.settings.shared import API_KEY, API_URL
from events.wire.shared_secrets import Secrets

AGENT_TTL = Whole(
    "AGENT_PROFILE_TTL_HOURS",
    "projector",
    "how many hours it is before ElevenLabs is asked again [about an agent](running.md#what-is-known-of-agents) that "
    "goes on having calls: its name, company, language and first message; 0 never to ask",
    "168",
    more="Nobody is asked without `ELEVENLABS_API_KEY`",
    default=24,
    low=0,
    high=24 * 365,
)


class ApiSettings(Struct, frozen=True, kw_only=True):
    """The key of ElevenLabs' API, and its address; `base_url` None is the address that ElevenLabs' SDK uses."""

    key: Annotated[Secrets, API_KEY]
    base_url: Annotated[str | None, API_URL]


def read_api(env: Environment) -> ApiSettings:
    """Return the settings of the API, which a command needs; what is wrong is a fault."""
    settings = ApiSettings(
        key=env.keys(API_KEY.name, "the API key of your ElevenLabs account, which reads missed calls"),
        base_url=API_URL.read(env) or None,
    )
    if settings.base_url is not None and not _is_web_address(settings.base_url):
        env.fault(API_URL.name, "must be an address such as https://api.eu.residency.elevenlabs.io")
    return settings


def read_api_if_any(variables: Mapping[str, str]) -> tuple[ApiSettings | None, tuple[Doubt, ...]]:
    """Return the settings of the API; None where there is no key, or with a doubt where they cannot be used."""
    if not variables.get(API_KEY.name, "").strip():
        return None, ()
    env = Environment(variables)
    settings = read_api(env)
    try:
        env.check()
    except SettingsError as error:
        return None, (Doubt(API_KEY.name, f"is not used, and no agent is asked about: {error}"),)
    return settings, ()


def _is_web_address(text: str) -> bool:
    import httpx  # noqa: PLC0415 - a slow import, and a following projector never asks the API

    try:
        address = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return address.scheme in {"http", "https"} and bool(address.host) and not (address.query or address.fragment)
