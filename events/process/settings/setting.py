"""
The kinds of settings. Each is declared once, with its limits, its default and what it means.

`docs/settings.md` and `.env.example` are written from the declarations, so neither can differ from what is read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

from msgspec import Struct

from events.process.environment import Environment
from events.wire.caller import DEFAULT_REGION
from events.wire.shared_secrets import Secrets
from events.wire.timezone import UTC_NAME

# What the settings of a group have in common; a group has a table of its own on the page.
Group = Literal[
    "secrets",
    "admin",
    "log key",
    "places",
    "database",
    "engine",
    "both",
    "listening",
    "accepted",
    "told",
    "searched",
    "remembered",
    "projector",
    "learning",
    "api",
    "traces",
]


_NOBODY_MEETS = 1_000_000_000


class Setting(Struct, frozen=True):
    """
    One variable.

    `what` says what it is, in Markdown, and `more` what else one must know of it; `example` is a value as it stands in
    `.env`, without quotes. `default_told` stands in place of a default that is no plain value. `is_replaying` says that
    the projector replays after a change.
    """

    name: str
    group: Group
    what: str
    example: str
    more: str = ""
    default_told: str = ""
    is_replaying: bool = False

    @property
    def takes(self) -> str:
        """What a value is, in a few words of Markdown."""
        return "text"

    @property
    def default_text(self) -> str:
        """The default as it would stand in `.env`; empty for none."""
        return ""


class Text(Setting, frozen=True, kw_only=True):
    """A text."""

    default: str = ""

    @property
    def default_text(self) -> str:
        """The default."""
        return self.default

    def read(self, env: Environment) -> str:
        """Return the text."""
        return env.text(self.name, self.default)


class Place(Setting, frozen=True, kw_only=True):
    """The path of a file or a folder."""

    default: str

    @property
    def takes(self) -> str:
        """A path."""
        return "a path"

    @property
    def default_text(self) -> str:
        """The default."""
        return self.default

    def read(self, env: Environment) -> Path:
        """Return the path."""
        return env.path(self.name, self.default)


class Whole(Setting, frozen=True, kw_only=True):
    """A whole number from `low` to `high`."""

    default: int
    low: int
    high: int

    @property
    def takes(self) -> str:
        """The limits; the upper one only if somebody may meet it."""
        return f"{self.low} to {self.high}" if self.high < _NOBODY_MEETS else f"{self.low} or more"

    @property
    def default_text(self) -> str:
        """The default."""
        return str(self.default)

    def read(self, env: Environment) -> int:
        """Return the number."""
        return env.whole(self.name, self.default, low=self.low, high=self.high)


class Fraction(Setting, frozen=True, kw_only=True):
    """A number from 0 to 1."""

    default: float

    @property
    def takes(self) -> str:
        """The limits."""
        return "0 to 1"

    @property
    def default_text(self) -> str:
        """The default."""
        return str(self.default)

    def read(self, env: Environment) -> float:
        """Return the number."""
        return env.fraction(self.name, self.default)


class Amount(Setting, frozen=True, kw_only=True):
    """A number that is not below 0; it may be left out."""

    @property
    def takes(self) -> str:
        """The limits."""
        return "a number, 0 or more"

    def read(self, env: Environment) -> float | None:
        """Return the number; None where it is not set."""
        return env.amount(self.name)


class Flag(Setting, frozen=True, kw_only=True):
    """True or false."""

    default: bool

    @property
    def takes(self) -> str:
        """Both values."""
        return "`true`, `false`"

    @property
    def default_text(self) -> str:
        """The default."""
        return str(self.default).lower()

    def read(self, env: Environment) -> bool:
        """Return whether it is on."""
        return env.flag(self.name, default=self.default)


class Choice(Setting, frozen=True, kw_only=True):
    """One word of some."""

    default: str
    choices: tuple[str, ...]

    @property
    def takes(self) -> str:
        """The words."""
        return ", ".join(f"`{choice}`" for choice in self.choices)

    @property
    def default_text(self) -> str:
        """The default."""
        return self.default

    def read(self, env: Environment) -> str:
        """Return the word."""
        return env.choice(self.name, self.default, self.choices)


class Names(Setting, frozen=True, kw_only=True):
    """A comma-separated list; `default` as it is written."""

    default: str = ""

    @property
    def takes(self) -> str:
        """A list."""
        return "a list"

    @property
    def default_text(self) -> str:
        """The default, unless the page says it in words."""
        return "" if self.default_told else self.default

    def read(self, env: Environment) -> tuple[str, ...]:
        """Return the parts."""
        return env.names(self.name, self.default)


class SecretList(Setting, frozen=True, kw_only=True):
    """A comma-separated list of secrets, so that each can be rotated."""

    @property
    def takes(self) -> str:
        """A list of secrets."""
        return "a list of secrets"

    def read(self, env: Environment, *, required: bool) -> Secrets:
        """Return the secrets; a fault says what they are."""
        return env.keys(self.name, self.what.replace("`", ""), required=required)


class Json(Setting, frozen=True, kw_only=True):
    """A JSON object. What reads it knows its type."""

    @property
    def takes(self) -> str:
        """The format."""
        return "JSON"


class Region(Setting, frozen=True, kw_only=True):
    """A country."""

    @property
    def takes(self) -> str:
        """The standard."""
        return "an ISO 3166 country"

    @property
    def default_text(self) -> str:
        """The default."""
        return DEFAULT_REGION

    def read(self, env: Environment) -> str:
        """Return the country's code."""
        return env.region(self.name)


class Timezone(Setting, frozen=True, kw_only=True):
    """A time zone."""

    @property
    def takes(self) -> str:
        """The standard."""
        return "an IANA time zone"

    @property
    def default_text(self) -> str:
        """The default."""
        return UTC_NAME

    def read(self, env: Environment) -> str:
        """Return the name of the zone."""
        return env.timezone(self.name)


def declared(settings: type[Struct]) -> Iterator[Setting]:
    """Yield the declarations beside the fields of a settings struct, and of the structs in it, in their order."""
    for hint in get_type_hints(settings, include_extras=True).values():
        kind = hint
        if get_origin(hint) is Annotated:
            kind = get_args(hint)[0]
            yield from (one for one in hint.__metadata__ if isinstance(one, Setting))
        for inner in (kind, *get_args(kind)):
            if isinstance(inner, type) and issubclass(inner, Struct):
                yield from declared(inner)
