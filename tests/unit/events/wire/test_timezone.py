"""Time zones, as ElevenLabs and operators name them."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from events.wire.timezone import timezone_of, zone_of, zones_version


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" america/new_york\n", "America/New_York"),
        ("AMERICA/ARGENTINA/BUENOS_AIRES", "America/Argentina/Buenos_Aires"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("utc", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
        ("US/Pacific", "US/Pacific"),
        ("EST5EDT", "EST5EDT"),
    ],
)
def test_reads_an_iana_name(named: str, name: str) -> None:
    """A name of IANA's, old or new and in any case, is that zone, and the zone can be opened."""
    assert timezone_of(named) == name
    assert zone_of(name).key == name


@pytest.mark.parametrize(
    "odd",
    [
        *(
            "",
            " ",
            "Berlin",
            "Europe/",
            "Europe",
            "Mars/Olympus",
            "+02:00",
            "null",
            "{{system__timezone}}",
            "Europe/Bérlin",
        ),
        *("../../etc/passwd", "/etc/localtime", "zones", "Europe/Berlin\x00", "Europe/Berlin" * 1000),
        *(None, 5, 1.5, True, ["Europe/Berlin"], {"timezone": "Europe/Berlin"}),
    ],
)
def test_anything_else_is_no_zone(odd: Any) -> None:
    """A city, an offset, a path, a template and a value of another type name no zone."""
    assert timezone_of(odd) is None


def test_zones_are_those_of_the_package(tmp_path: Path) -> None:
    """What the machine holds for a zone does not count: the same log is the same days everywhere."""
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").write_bytes(b"")
    program = (
        "from datetime import UTC, datetime; from events.wire.timezone import zone_of\n"
        "print(datetime(2026, 7, 1, tzinfo=UTC).astimezone(zone_of('Europe/Berlin')).isoformat())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[4],
        env={"PYTHONTZPATH": str(tmp_path), "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "2026-07-01T02:00:00+02:00"


def test_zone_knows_its_summer() -> None:
    """A zone tells the offset of each moment, summer time included."""
    offsets = [
        str(datetime(2026, month, 1, tzinfo=UTC).astimezone(zone_of("America/New_York")).utcoffset())
        for month in (1, 7)
    ]
    assert offsets == ["-1 day, 19:00:00", "-1 day, 20:00:00"]
    assert zones_version()
