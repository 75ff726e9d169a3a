"""`projector explain`: a memory's way back to the receipt, and why a search finds what it finds."""

import json
import re

import pytest

from tests.support.samples import MARTA, transcription
from tests.support.servers import Site

pytestmark = pytest.mark.server


@pytest.fixture
def held(site: Site) -> Site:
    """An installation that learned from one call, which came in by the webhook."""
    with site.ingress():
        assert site.post_call(transcription("conv_1", "I am allergic to nuts.", allergies="nuts")).status_code == 200
    site.run("projector", "--once")
    return site


def test_memory_is_followed_back_to_what_elevenlabs_signed(held: Site) -> None:
    """A search gives ids; an id gives the words, the second, the file and a verified signature, exit 0."""
    (best, *_) = json.loads(held.run("projector", "explain", "--search", MARTA, "allergic", "--json").stdout)
    id_ = best["memory"]["id"]
    told = json.loads(held.run("projector", "explain", id_, "--json").stdout)

    assert (told["second"], told["proof"]["signature"], told["proof"]["is_whole"]) == (5, "verified", True)
    receipt = told["proof"]["receipt"]
    assert (held.payloads / receipt["path"]).is_file()
    screen = held.run("projector", "explain", id_).stdout
    assert "ElevenLabs signed exactly these bytes" in screen
    assert receipt["sha256"] in screen


def test_changed_body_proves_nothing(held: Site) -> None:
    """Where the file was changed since, exit 1, and that is said."""
    (best, *_) = json.loads(held.run("projector", "explain", "--search", MARTA, "allergic", "--json").stdout)
    (path,) = held.payloads.glob("conv_1/*.json")
    path.write_bytes(path.read_bytes().replace(b"nuts", b"milk"))
    done = held.run("projector", "explain", best["memory"]["id"], check=False)
    assert (done.returncode, "does not match its receipt" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("an_id", "--search", MARTA, "nuts"), 2),
        (("--search", "nobody", "nuts"), 2),
        (("an_id",), 1),
        (("--search", "+12025550199", "nuts"), 1),
        (("--search", MARTA, "zebra"), 1),
    ],
)
def test_nothing_to_explain_has_its_exit_code(held: Site, arguments: tuple[str, ...], code: int) -> None:
    """Used wrongly is 2; no such memory, no such caller, and nothing found are 1, with a line that says so."""
    done = held.run("projector", "explain", *arguments, check=False)
    assert (done.returncode, "Traceback" in done.stderr, bool(done.stderr)) == (code, False, True)


def test_moments_are_told_as_a_person_reads_them(held: Site) -> None:
    """On the screen a moment is a day, a time and a zone, as `show` says it; in JSON, and in the receipt, it is ISO."""
    (best, *_) = json.loads(held.run("projector", "explain", "--search", MARTA, "allergic", "--json").stdout)
    id_ = best["memory"]["id"]
    lines = held.run("projector", "explain", id_).stdout.splitlines()
    told = {line.split(": ")[0].strip("✓ "): line for line in lines}
    assert told["call"].endswith("conv_1, 12 November 2025, 12:00 (UTC), turn 1, second 5")
    assert re.search(r"received on \d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d \(UTC\) from webhook", told["event"])
    assert [line for line in lines if re.search(r"\d{4}-\d\d-\d\d", line) and "receipt: " not in line] == []

    receipt = json.loads(held.run("projector", "explain", id_, "--json").stdout)["proof"]["receipt"]
    assert re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", receipt["received_at"])
