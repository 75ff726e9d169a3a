"""Days: turns a moment and a time zone into the day on which it was there. The same day on every machine."""

from datetime import UTC, date, datetime, timedelta

from events.wire.timezone import zone_of

_FIRST_YEAR = 1970
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNIX_S_MAX = 253_402_300_799  # the last second of the year 9999, the end of Python's datetime


def moment(unix_s: int) -> datetime | None:
    """Return Unix seconds as an aware UTC datetime; None for 0, which means `not known`."""
    return _EPOCH + timedelta(seconds=unix_s) if 0 < unix_s <= _UNIX_S_MAX else None


def iso_moment(unix_s: int) -> str | None:
    """Return Unix seconds as RFC 3339 text, UTC; None for 0."""
    at = moment(unix_s)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def local_moment(unix_s: int, timezone: str) -> datetime | None:
    """Return Unix seconds as they are told in a time zone, an IANA name; None for 0, which means `not known`."""
    at = moment(unix_s)
    if at is None:
        return None
    try:
        return at.astimezone(zone_of(timezone))
    except OverflowError:  # in the last hours of the year 9999, the next day would lie beyond Python's datetime
        return at


def day_of(unix_s: int, timezone: str) -> date | None:
    """Return the day of Unix seconds in a time zone, an IANA name; None for 0."""
    at = local_moment(unix_s, timezone)
    return at.date() if at else None


def spoken_date(unix_s: int, timezone: str) -> str:
    """Return the day of Unix seconds in a time zone as it can be spoken, `12 November 2025`; empty for 0."""
    day = day_of(unix_s, timezone)
    return f"{day.day} {day:%B %Y}" if day else ""


def spoken_moment(unix_s: int, timezone: str) -> str:
    """Return Unix seconds as they are told in a time zone, `12 November 2025, 12:00 (Europe/Oslo)`; empty for 0."""
    at = local_moment(unix_s, timezone)
    return f"{at.day} {at:%B %Y, %H:%M} ({timezone})" if at is not None else ""


def dated_value(label: str, value: str, said_at_s: int, timezone: str, until: str = "") -> str:
    """
    Return a collected value with the day on which it was said: `Address, said on 9 November 2025: 99 Elm`.

    Args:
        said_at_s: Unix seconds, 0 if not known.
        timezone: the IANA name of the zone in which it was said.
        until: words on until when it was so; empty for a value that is still so.
    """
    date = spoken_date(said_at_s, timezone)
    return ", ".join([label, *([f"said on {date}"] if date else []), *([until] if until else [])]) + f": {value}"


def first_second_of(day: date, timezone: str) -> int:
    """Return when a day begins in a time zone, an IANA name, in Unix seconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone_of(timezone)).timestamp())


def first_second(day: str | None, timezone: str) -> int:
    """Return when an ISO date begins in a time zone, an IANA name, in Unix seconds; 0 for none, and for old times."""
    # Validation has read the day; the first second of the year 1 lies before it in some zones.
    if day is None or (read := date.fromisoformat(day)).year < _FIRST_YEAR:
        return 0
    return first_second_of(read, timezone)


def last_second(day: str | None, timezone: str) -> int:
    """Return when an ISO date ends in a time zone, an IANA name, in Unix seconds; 0 for none, and for old times."""
    if day is None or not first_second(day, timezone):
        return 0
    read = date.fromisoformat(day)
    # A day on which clocks change has 23 or 25 hours; there is none after the last day.
    return first_second_of(read + timedelta(days=1), timezone) - 1 if read < date.max else _UNIX_S_MAX
