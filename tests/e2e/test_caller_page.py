"""The page of a caller, as `projector show --html` writes it: what it holds, and what a real browser makes of it."""

import re
import stat
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.browser import CHROMIUM, Tab, tab
from tests.support.samples import MARTA, NOON_S, audio, failure, transcription
from tests.support.servers import Site

pytestmark = [pytest.mark.slow, pytest.mark.server]

DAY_S = 24 * 60 * 60
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> \u202e'\"&"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation with two calls of Marta's, the first of them recorded, and one that did not come about."""
    site = Site(tmp_path_factory.mktemp("site"))
    bodies = (
        transcription(
            "conv_1", "I live in Lund.", "I am allergic to nuts.", HOSTILE, at_s=NOON_S, title="First call",
            summary=HOSTILE, first_name="Marta", city="Lund", allergies="nuts", preferred_contact="phone",
        ),
        audio("conv_1"),
        failure("conv_2", reason="no-answer", event_timestamp=NOON_S + DAY_S),
        transcription(
            "conv_3", "I moved to Oslo.", at_s=NOON_S + 2 * DAY_S, city="Oslo", open_issue=f"Invoice. {HOSTILE}"
        ),
    )  # fmt: skip
    with site.ingress():
        for body in bodies:
            assert site.post_call(body).status_code == 200
    site.run("projector", "--once")
    site.run("projector", "show", MARTA, "--html", "marta.html")
    return site


@pytest.fixture(scope="module")
def opened(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """The page in Debian's chromium."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with tab(tmp_path_factory.mktemp("browser")) as browser_tab:
        browser_tab.open(site.folder / "marta.html")
        yield browser_tab


def test_page_needs_nothing_from_outside(site: Site) -> None:
    """Only its owner may read the page; no address in it leads elsewhere, and its own policy allows none."""
    page = site.folder / "marta.html"
    text = page.read_text()

    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "default-src 'none'" in text
    assert "http:" not in text.replace("http-equiv", "")
    assert "https:" not in text
    assert re.findall(r" (?:src|href)=['\"]([^'\"#]+)", text) == [
        "payloads/conv_1/conv_1_audio.mp3",
        "conv_1_audio.mp3",
    ]


def test_page_holds_the_story(site: Site) -> None:
    """Open issues, facts with what they superseded, preferences, each call with its turns, and the missed one."""
    text = _text_of(site.folder / "marta.html")

    for words in ("Open issues", "Invoice.", "Allergies", "nuts", "Oslo", "Lund", "Preferred contact", "phone"):
        assert words in text
    assert text.index("I moved to Oslo.") < text.index("no-answer") < text.index("I am allergic to nuts.")
    assert "Changed City: Oslo, before Lund" in text
    assert "\u202e" not in text


def test_command_replaces_its_own_page_alone(site: Site) -> None:
    """A page is made anew in place of an earlier one; any other file is left, exit 2; for a stranger none is made."""
    notes = site.folder / "notes.txt"
    notes.write_text("Mine.")
    refused = site.run("projector", "show", MARTA, "--html", "notes.txt", check=False)
    assert (refused.returncode, notes.read_text()) == (2, "Mine.")
    stranger = site.run("projector", "show", "+12025550199", "--html", "nobody.html", check=False)
    assert (stranger.returncode, (site.folder / "nobody.html").exists()) == (1, False)
    site.run("projector", "show", MARTA, "--html", "marta.html")
    nowhere = site.run("projector", "show", MARTA, "--html", "no/such/folder.html", check=False)
    assert (nowhere.returncode, "Traceback" in nowhere.stderr) == (1, False)


def test_page_is_noted_in_the_audit_trail(site: Site) -> None:
    """That a page was written is noted like an export, without the number."""
    (trail,) = [path.read_text() for path in site.folder.rglob("*audit*") if path.is_file()]
    assert "export" in trail
    assert MARTA not in trail


def test_browser_shows_it_and_asks_nobody(opened: Tab) -> None:
    """A real browser shows the page without an error, runs nothing of what was said, and asks no server."""
    assert opened.evaluate("document.title") == f"Marta ({MARTA})"
    assert opened.evaluate("document.querySelectorAll('#timeline article').length") == 3
    assert opened.evaluate("document.querySelectorAll('img, iframe, article script').length") == 0
    assert opened.evaluate("getComputedStyle(document.querySelector('.issue')).borderLeftStyle") == "solid"
    assert opened.errors == []
    assert {url.partition(":")[0] for url in opened.requests} <= {"file", "about", "data"}


def test_browser_plays_the_recording_from_the_second_of_a_memory(opened: Tab) -> None:
    """A click on the second beside a turn, or beside a fact, plays the call's recording from there."""
    opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    second = opened.evaluate("document.querySelector('.turn.caller button').dataset.second")
    assert second == "5"
    opened.evaluate(
        "document.querySelector('audio').addEventListener('seeked', e => window.soughtTo = e.target.currentTime)"
    )
    opened.evaluate("document.querySelector('.turn.caller button').click()")
    opened.wait_for("document.querySelector('audio').duration > 0 && window.soughtTo !== undefined")
    length_s = opened.evaluate("document.querySelector('audio').duration")
    assert opened.evaluate("window.soughtTo") == pytest.approx(min(5.0, length_s), abs=0.5)
    assert opened.evaluate("document.querySelector('#facts button').dataset.second") == "15"  # where she says `nuts`
    assert opened.errors == []


def _text_of(page: Path) -> str:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.words: list[str] = []

        def handle_data(self, data: str) -> None:
            self.words.append(data)

    reader = Reader()
    reader.feed(page.read_text())
    return "".join(reader.words)
