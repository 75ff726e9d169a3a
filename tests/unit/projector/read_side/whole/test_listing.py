"""The callers as a list for a person, and how one is found in it."""

import json
from pathlib import Path

import pytest

from events.log.ours.correction import Correction, append_correction
from projector.read_side.whole.listing import caller_lines
from tests.support.samples import NOON_S, transcription
from tests.support.sites import ProjectorSite

MARTA, JOSE, NOBODY = "+12025550143", "+4915112345678", "+12025550144"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """Marta, José of a web page, another José on a German number, and somebody who told no name."""
    site = ProjectorSite(tmp_path)
    site.hold(
        transcription("conv_1", "Hello.", caller=MARTA, user_name="Marta Lindqvist"),
        transcription("conv_2", "Hola.", caller=None, user_id="jose-web", user_name="José Núñez"),
        transcription("conv_3", "Hallo.", caller=JOSE, at_s=NOON_S + 86_400, user_name="Josef Groß"),
        transcription("conv_4", "Hi.", caller=NOBODY),
    )
    return site


def listed(site: ProjectorSite, search: str | None = None) -> list[str]:
    """Return the keys of the callers that are listed."""
    with site.read_model() as read_model:
        return [line.split("  ")[0] for line in caller_lines(read_model, search)]


def test_lists_everybody_by_key(site: ProjectorSite) -> None:
    """Each caller has one line: key, name, calls, and the day of the last one."""
    with site.read_model() as read_model:
        lines = list(caller_lines(read_model, None))
    assert lines == [
        "+12025550143  Marta Lindqvist  1 call, last on 12 November 2025",
        "+12025550144  name not known  1 call, last on 12 November 2025",
        "+4915112345678  Josef Groß  1 call, last on 13 November 2025",
        "user:jose-web  José Núñez  1 call, last on 12 November 2025",
    ]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("marta", [MARTA]),
        ("LINDQVIST Marta", [MARTA]),
        ("lind mar", [MARTA]),
        ("jose", [JOSE, "user:jose-web"]),
        ("jose nunez", ["user:jose-web"]),
        ("JOSÉ", [JOSE, "user:jose-web"]),
        ("gross", [JOSE]),
        ("indqvist", []),
        ("0151 12345678", [JOSE]),
        ("+49 (151) 123", [JOSE]),
        ("555-01", [MARTA, NOBODY]),
        ("jose-web", ["user:jose-web"]),
        ("", []),
        ("  ", []),
        ("%", []),
    ],
)
def test_finds_by_name_or_digits(site: ProjectorSite, search: str, found: list[str]) -> None:
    """A search finds beginnings of the words of a name, without case and accents, or digits of a number."""
    assert listed(site, search) == found


def test_finds_each_of_several_people_on_one_phone(site: ProjectorSite) -> None:
    """Whoever else calls from a number is found by name too, and is named in its line."""
    site.hold(transcription("conv_5", "Hello.", caller=MARTA, at_s=NOON_S + 99, user_name="Bo Lindqvist"))

    assert listed(site, "marta") == listed(site, "bo") == [MARTA]
    with site.read_model() as read_model:
        (line,) = caller_lines(read_model, "bo", is_json=True)
    assert {"Bo Lindqvist", "Marta Lindqvist"} == {json.loads(line)["name"], *json.loads(line)["others"]}


def test_hides_what_a_terminal_would_obey(site: ProjectorSite) -> None:
    """A name that holds control characters is one printable line."""
    site.hold(transcription("conv_6", "Hi.", caller="+12025550177", user_name="Eve\x1b[2J\nMallory"))

    with site.read_model() as read_model:
        assert all(line.isprintable() for line in caller_lines(read_model, None))


def test_finds_a_caller_by_any_of_their_numbers(site: ProjectorSite) -> None:
    """Who is one person under two numbers is listed once, and found by the digits of either."""
    append_correction(site.log, Correction(caller=MARTA, action="merge", other=NOBODY))
    site.catch_up()
    assert listed(site, NOBODY) == listed(site, MARTA) == [MARTA]
