"""The pages that describe the API bring all that they run, and a browser asks nobody else for anything."""

import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingress.http.pages.scripts import SCRIPTS, Script
from tests.support.browser import CHROMIUM, tab
from tests.support.servers import Site

_IN_THE_PAGE = {
    "/docs": "document.querySelectorAll('.opblock').length >= 4",
    "/redoc": "document.body.innerText.includes('/webhook/post-call')",
}


class Addresses(HTMLParser):
    """Collects what a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address that a tag loads."""
        self.found += [value for name, value in attrs if name in {"src", "href"} and value]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
@pytest.mark.parametrize("encoding", ["gzip, deflate, br", "identity"])
def test_script_is_served_as_its_makers_made_it(served: Site, script: Script, encoding: str) -> None:
    """Each file is byte for byte that of the named package, packed for whoever takes it so, and kept by the browser."""
    answer = served.get(script.path, headers={"accept-encoding": encoding})
    assert answer.status_code == 200
    assert sha256(answer.content).hexdigest() == script.sha256
    assert (answer.headers.get("content-encoding") == "gzip") is ("gzip" in encoding)
    assert answer.headers["content-type"] == f"{script.media_type}; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", _IN_THE_PAGE)
def test_page_names_no_other_host(served: Site, path: str) -> None:
    """Every file that the page names is there, on ingress itself, and its policy allows no other host."""
    text = served.get(path).text
    parser = Addresses()
    parser.feed(text)
    loaded = [address for address in parser.found if not address.startswith("data:")]
    assert loaded
    assert all(served.get(address).status_code == 200 for address in loaded)
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|//[a-z]", text)


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("path", _IN_THE_PAGE)
def test_browser_shows_the_page_and_asks_nobody_else(served: Site, tmp_path: Path, path: str) -> None:
    """The page runs to its end in a real browser, which reads the document and speaks to ingress alone."""
    with tab(tmp_path) as opened:
        opened.visit(f"{served.url}{path}")
        opened.wait_for(_IN_THE_PAGE[path])
        asked = [url for url in opened.requests if not url.startswith(("data:", "blob:"))]
        refused = [error for error in opened.errors if "Content Security Policy" not in error]
    assert f"{served.url}/docs/openapi.json" in asked
    assert [url for url in asked if not url.startswith(served.url)] == []
    assert refused == []
