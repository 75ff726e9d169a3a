"""What is doubtful about settings that can be read: a weak secret, one secret for two purposes, a misspelt name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from msgspec import Struct

from events.process.logging import get_logger
from events.process.settings.known import KNOWN_SETTINGS

# What a person makes up is short. `openssl rand -hex 32` makes 64 characters, and ElevenLabs' own secrets are as long.
_SECRET_CHARS_MIN = 16
# Shorter names are near to names of other programs: HOSTS, SPORT.
_NAME_CHARS_MIN = 7
_SIMILARITY_MIN = 0.88
_WORDS_MIN = 3


class Doubt(Struct, frozen=True):
    """A variable, and what is doubtful about it, without its value."""

    variable: str
    reason: str

    def __str__(self) -> str:
        return f"{self.variable} {self.reason}"


def doubts_of(variables: Mapping[str, str], *, secrets: Iterable[str]) -> tuple[Doubt, ...]:
    """
    Return what is doubtful about the settings.

    Args:
        secrets: the variables of those secrets that we share with others or choose ourselves.
    """
    return (*_weak(variables, secrets), *misspelt(variables))


def log_doubts(doubts: Iterable[Doubt]) -> None:
    """Log a warning for each doubt."""
    for doubt in doubts:
        get_logger("error").warning("setting_doubtful", variable=doubt.variable, reason=doubt.reason)


def misspelt(variables: Mapping[str, str]) -> Iterator[Doubt]:
    """
    Yield each variable that is set and is no setting, but spelled much like one.

    Beside a setting that is set, only the same letters or the same words in another order count: whoever changed the
    misspelt one wonders why nothing happens, and what is less alike may be another program's. Those of OpenTelemetry
    are left out: it knows many that are spelled alike.
    """
    is_set = {name: bool(variables.get(name, "").strip()) for name in KNOWN_SETTINGS}
    missing = {_squeezed(name): name for name in KNOWN_SETTINGS if not is_set[name]}
    for name in sorted(variables):
        if name in KNOWN_SETTINGS or name.startswith("OTEL_"):
            continue
        if (meant := _meant(name, missing)) is not None:
            yield Doubt(name, f"is no setting, and is ignored. Is {meant} meant, which is not set?")
        elif (meant := _same(name, (known for known in KNOWN_SETTINGS if is_set[known]))) is not None:
            yield Doubt(name, f"is no setting, and is ignored. Is {meant} meant, which is set as well?")


def _weak(variables: Mapping[str, str], names: Iterable[str]) -> Iterator[Doubt]:
    used_by: dict[str, str] = {}
    for name in names:
        own = {part.strip() for part in variables.get(name, "").split(",")} - {""}
        if any(len(secret) < _SECRET_CHARS_MIN for secret in own):
            needed = (
                f"shorter than {_SECRET_CHARS_MIN} characters, and may be guessed: `openssl rand -hex 32` makes one"
            )
            yield Doubt(name, f"holds a secret that is {needed}")
        for other in sorted({used_by[secret] for secret in own & used_by.keys()}):
            yield Doubt(name, f"holds a secret that {other} holds too: who has one then has both. Take another one")
        for secret in own:
            used_by.setdefault(secret, name)


def _meant(name: str, missing: Mapping[str, str]) -> str | None:
    squeezed, words = _squeezed(name), _words(name)
    if squeezed in missing:
        return missing[squeezed]
    for known in missing.values():
        if words == _words(known) or (len(words) >= _WORDS_MIN and words < _words(known)):
            return known
    long = [known for known in missing if len(known) >= _NAME_CHARS_MIN]
    close = get_close_matches(squeezed, long, n=1, cutoff=_SIMILARITY_MIN) if len(squeezed) >= _NAME_CHARS_MIN else []
    return missing[close[0]] if close else None


def _same(name: str, settings: Iterable[str]) -> str | None:
    squeezed, words = _squeezed(name), _words(name)
    return next((known for known in settings if squeezed == _squeezed(known) or words == _words(known)), None)


def _squeezed(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[A-Z0-9]+", name.upper()))
