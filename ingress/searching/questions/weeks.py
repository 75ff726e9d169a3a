"""With which day a week begins: on Sunday in the United States, on Monday in most of Europe."""

from functools import cache

_LOADED_ZONES = ("America/New_York", "Europe/London", "Europe/Berlin", "Etc/UTC")


def load_weeks() -> None:
    """Read now with which day a week begins in most countries that are called from; of others it is read when asked."""
    for timezone in _LOADED_ZONES:
        first_weekday(timezone)


@cache
def first_weekday(timezone: str) -> int:
    """Return with which day a week begins where a time zone is, 0 for Monday. Source: CLDR, by Babel."""
    from babel.core import Locale, UnknownLocaleError, get_global  # noqa: PLC0415 - slow, and few ask about a week

    zone = get_global("zone_aliases").get(timezone, timezone)
    territory = get_global("zone_territories").get(zone)
    try:
        locale = Locale.parse(f"und_{territory}") if territory else None
    except (UnknownLocaleError, ValueError, OSError):  # OSError: the installation was taken away meanwhile
        return 0
    # `UTC` is in no country, for which Babel would take the United States.
    return locale.first_week_day if locale is not None and locale.territory == territory else 0
