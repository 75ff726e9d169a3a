"""Looks at the settings and the secrets."""

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from events.errors import SettingsError
from events.process.doubts import Doubt, misspelt
from events.wire.shared_secrets import Secrets
from ingress.operating.doctor.finding import Finding, Findings
from ingress.settings import Settings

_PRIVATE = 0o077


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
        _note(misspelt(variables), found)
    else:
        found.ok("settings", "all can be read")
        _note(settings.doubts, found)
    _look_at_dotenv(dotenv, found)
    if settings is not None:
        _look_at_secrets(settings, found)
    return settings, found.found


def _note(doubts: Iterable[Doubt], found: Findings) -> None:
    for doubt in doubts:
        found.warn(doubt.variable, doubt.reason, f"Correct {doubt.variable} in .env, or in the environment.")


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
    doubtful = {doubt.variable for doubt in settings.doubts}
    for name, secrets in named.items():
        if secrets and name not in doubtful:
            found.ok(name, "is set, and is no placeholder")
    if not named["LOG_KEY"]:
        text = "is not set: what ELAOMS itself appends (erasures, imports) is unproven"
        found.warn("LOG_KEY", text, "Put into .env what `events key new` prints.")
    if settings.allow_unauthenticated_search:
        text = "is on: whoever reaches the port can read what callers said"
        found.wrong("ALLOW_UNAUTHENTICATED_SEARCH", text, "Set ELEVENLABS_SEARCH_DATA_KEY, and switch it off.")
    if settings.is_debug:
        found.warn("DEBUG", "is on: /echo answers with what it was sent", "Switch it off in production.")
