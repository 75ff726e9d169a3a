"""Reads settings from the environment and from `.env`, and reports all faults together."""

import os
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import TypeVar

import msgspec

from events.errors import SettingsError
from events.wire.caller import DEFAULT_REGION, is_region
from events.wire.shared_secrets import Secrets, is_placeholder
from events.wire.timezone import UTC_NAME, timezone_of

T = TypeVar("T")
# Source: honcho's `DEFAULTS`; the first process of a Procfile gets the base port itself.
_HONCHO_PORT = "5000"
DOTENV = Path(".env")
# With these words begins the fault of a secret that is needed.
MISSING = "is not set; it is"


def read_environment(dotenv: Path = DOTENV) -> dict[str, str]:
    """
    Return the process environment; `.env` fills in the variables that are not in it.

    Raises:
        SettingsError: `.env` cannot be read, or is no UTF-8.
    """
    from dotenv import dotenv_values  # noqa: PLC0415 - a slow import, and the workers of a replay read no settings

    try:
        # Without interpolation: a secret may hold a dollar sign.
        values = dotenv_values(dotenv, interpolate=False)
    except UnicodeDecodeError as error:
        raise SettingsError([f"{dotenv.name} is not UTF-8 (byte {error.start}): save it as UTF-8"]) from error
    except OSError as error:
        raise SettingsError([f"{dotenv.name} cannot be read: {error.strerror or error}"]) from error
    from_file = {name: value for name, value in values.items() if value is not None}
    environment = dict(os.environ)
    if "HONCHO_PROCESS_NAME" in environment and environment.get("PORT") == _HONCHO_PORT:
        # honcho gives each process a PORT, and this one if none was set. An operator who wants 5000 sets it in .env.
        del environment["PORT"]
    return {**from_file, **environment}


class Environment:
    """
    Reads settings one by one, and collects their faults.

    An empty variable counts as not set. Call `check` after the last setting: it raises if there was a fault.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self._faults: list[str] = []

    def text(self, name: str, default: str) -> str:
        """Return the text of a variable, or the default if it is not set."""
        return self.variables.get(name, "").strip() or default

    def path(self, name: str, default: str) -> Path:
        """Return the path that a variable names."""
        path = Path(self.text(name, default))
        try:
            return path.expanduser()
        except RuntimeError:
            self.fault(name, f"begins with the home folder of a user who has none: {path}")
            return path

    def apart(self, name: str, folder: Path, other_name: str, other: Path) -> None:
        """Require that neither of two folders lies in the other: an operator may delete one of them, with all in it."""
        one, two = folder.absolute(), other.absolute()
        if one == two or one in two.parents or two in one.parents:
            self.fault(name, f"must be a folder apart from {other_name}: neither may lie inside the other")

    def names(self, name: str, default: str) -> tuple[str, ...]:
        """Return the parts of a comma-separated list."""
        return tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())

    def whole(self, name: str, default: int, *, low: int, high: int) -> int:
        """Return a whole number between `low` and `high`."""
        value = self._convert(name, str(default), int, "a whole number")
        if value is not None and not low <= value <= high:
            self.fault(name, f"must lie between {low} and {high}")
        return default if value is None else value

    def fraction(self, name: str, default: float) -> float:
        """Return a number between 0 and 1."""
        value = self._convert(name, str(default), float, "a number")
        if value is not None and not 0 <= value <= 1:
            self.fault(name, "must lie between 0 and 1")
        return default if value is None else value

    def amount(self, name: str) -> float | None:
        """Return a number that is not below 0; None where the variable is not set."""
        if not self.text(name, ""):
            return None
        value = self._convert(name, "", float, "a number")
        if value is not None and not 0 <= value < inf:
            self.fault(name, "must be 0 or more")
            return None
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        text = self.text(name, str(default)).lower()
        if text not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
            self.fault(name, "must be true or false")
        return text in {"true", "1", "yes", "on"}

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """Return one of `choices`."""
        text = self.text(name, default)
        if text not in choices:
            self.fault(name, f"must be one of {', '.join(choices)}")
        return text

    def region(self, name: str) -> str:
        """Return the country by whose rules a phone number without a country code is read."""
        region = self.text(name, DEFAULT_REGION).upper()
        if not is_region(region):
            self.fault(name, f"must be an ISO 3166 country code such as US or DE, not {region!r}")
        return region

    def timezone(self, name: str) -> str:
        """Return the IANA name of the time zone in which days are counted where a call names none."""
        text = self.text(name, UTC_NAME)
        timezone = timezone_of(text)
        if timezone is None:
            self.fault(name, f"must be the IANA name of a time zone such as Europe/Berlin, not {text!r}")
        return timezone or UTC_NAME

    def json(self, name: str, type_: type[T], default: T) -> T:
        """Return the JSON of a variable, decoded as a `type_`."""
        text = self.text(name, "")
        if not text:
            return default
        try:
            return msgspec.json.decode(text, type=type_)
        except msgspec.MsgspecError as error:
            self.fault(name, f"must be JSON: {error}")
            return default

    def keys(self, name: str, what: str, *, required: bool = True) -> Secrets:
        """
        Return the secrets of a comma-separated list; an empty or placeholder one is a fault.

        Args:
            what: what the secret is, for the text of a fault.
        """
        secrets = [part.strip() for part in self.text(name, "").split(",")]
        if secrets == [""]:
            if required:
                self.fault(name, f"{MISSING} {what}. Put it into .env or the environment")
            return Secrets()
        if not (self.text(name, "").isascii() and self.text(name, "").isprintable()):
            self.fault(name, f"holds a character that no HTTP header can carry; it is {what}")
            return Secrets()
        if any(is_placeholder(secret) for secret in secrets):
            self.fault(name, f"holds an empty or a placeholder secret; it is {what}")
        return Secrets(secrets)

    def fault(self, name: str, message: str) -> None:
        """Note that a variable is wrong. `message` follows the variable's name, and says what would be right."""
        self._faults.append(f"{name} {message}")

    def check(self) -> None:
        """
        Raise if any setting that was read has a fault.

        Raises:
            SettingsError: it names every fault.
        """
        if self._faults:
            raise SettingsError(self._faults)

    def _convert(self, name: str, default: str, type_: type[T], what: str) -> T | None:
        try:
            return msgspec.convert(self.text(name, default), type_, strict=False)
        except msgspec.ValidationError:
            self.fault(name, f"must be {what}, not {self.text(name, default)!r}")
            return None
