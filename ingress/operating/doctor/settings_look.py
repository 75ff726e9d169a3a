"""Looks at the settings and the secrets."""

import stat
from collections.abc import Mapping
from pathlib import Path

from events.errors import SettingsError
from events.wire.shared_secrets import Secrets
from ingress.operating.doctor.finding import Finding, Findings
from ingress.settings import Settings

_SECRET_CHARS_MIN = 16
_PRIVATE = 0o077
_MADE_BY = "make one with `openssl rand -hex 32`, and put it on both sides"


def look_at_settings(variables: Mapping[str, str], dotenv: Path) -> tuple[Settings | None, list[Finding]]:
    """Return the settings, None if they are faulty, and what is to be said of them and of the secrets."""
    found = Findings("settings")
    settings = None
    try:
        settings = Settings.from_env(variables)
    except SettingsError as error:
        for fault in error.faults:
            name, _, text = fault.partition(" ")
            found.wrong(name, text, f"Set {name} in .env; docs/settings.md says what it takes.")
    else:
        found.ok("settings", "all can be read")
    _look_at_dotenv(dotenv, found)
    if settings is not None:
        _look_at_secrets(settings, found)
    return settings, found.found


def _look_at_dotenv(dotenv: Path, found: Findings) -> None:
    if not dotenv.exists():
        found.skip(".env", "there is none here; all settings come from the environment", "Run in the folder with .env.")
        return
    mode = stat.S_IMODE(dotenv.stat().st_mode)
    if mode & _PRIVATE:
        found.wrong(".env", f"others may read it (mode {mode:o}), and it holds secrets", "chmod 600 .env")
    else:
        found.ok(".env", f"only its owner may read it (mode {mode:o})")


def _look_at_secrets(settings: Settings, found: Findings) -> None:
    named = {
        "ELEVENLABS_POST_CALL_KEY": settings.post_call_keys,
        "ELEVENLABS_CLIENT_DATA_KEY": settings.client_data_keys,
        "ELEVENLABS_SEARCH_DATA_KEY": settings.search_data_keys,
        "ADMIN_KEY": settings.admin_keys,
        "LOG_KEY": settings.log_keys or Secrets(),
    }
    users: dict[str, list[str]] = {}
    for name, secrets in named.items():
        for secret in secrets:
            users.setdefault(secret, []).append(name)
        if any(len(secret) < _SECRET_CHARS_MIN for secret in secrets):
            found.warn(
                name, f"is shorter than {_SECRET_CHARS_MIN} characters: it can be guessed", f"Better {_MADE_BY}."
            )
        elif secrets:
            found.ok(name, "is set, and is no placeholder")
    for names in users.values():
        if len(set(names)) > 1:
            text = "are the same secret: who may do the one may do the other"
            found.warn(" and ".join(dict.fromkeys(names)), text, f"For one of them {_MADE_BY}.")
    if not named["LOG_KEY"]:
        text = "is not set: what ELAOMS itself appends (erasures, imports) is unproven"
        found.warn("LOG_KEY", text, "Put into .env what `events key new` prints.")
    if settings.allow_unauthenticated_search:
        text = "is on: whoever reaches the port can read what callers said"
        found.wrong("ALLOW_UNAUTHENTICATED_SEARCH", text, "Set ELEVENLABS_SEARCH_DATA_KEY, and switch it off.")
    if settings.is_debug:
        found.warn("DEBUG", "is on: /echo answers with what it was sent", "Switch it off in production.")
