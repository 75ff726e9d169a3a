"""The documentation builds as a site: no link leads nowhere, and whoever reads it asks no other host for anything."""

import re
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

import pytest

from pages.http_page import http_page
from pages.site import ROOT, build, build_gathered, gather
from tests.support.browser import CHROMIUM, tab
from tests.support.servers import Site

# What a browser loads by itself, and by which attribute.
_LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}


class Page(HTMLParser):
    """Collects what a page loads, where its links lead, and the places on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        given = dict(attrs)
        if given.get("id"):
            self.places.add(str(given["id"]))
        if (address := given.get(_LOADS.get(tag, ""))) and given.get("rel") != "canonical":
            self.loads.append(address)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly."""
    folder = tmp_path_factory.mktemp("build")
    assert build(folder) == 0
    return folder / "site"


def pages(site: Path) -> dict[Path, Page]:
    """Return all pages of the site, but the one that a server shows in place of a page that is not there."""
    return {path: Page(path.read_text()) for path in site.rglob("*.html") if path.name != "404.html"}


def test_every_page_of_the_repository_is_one_of_the_site(site: Path) -> None:
    """Each page is there, under the folder in which it lies."""
    ours = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    expected = {
        site / path.relative_to(ROOT).parent / ("index.html" if path.stem == "README" else f"{path.stem}.html")
        for path in ours
    }
    assert {path for path in expected if not path.exists()} == set()


def test_page_loads_nothing_from_another_host(site: Path) -> None:
    """Scripts, styles, fonts and pictures are files of the site."""
    found = pages(site)
    loads = [(path, address) for path, page in found.items() for address in page.loads]
    assert len(loads) > len(found)
    assert [address for _, address in loads if urlsplit(address).netloc] == []
    assert [
        address
        for path, address in loads
        if not address.startswith("data:") and not (path.parent / unquote(urlsplit(address).path)).exists()
    ] == []
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import )[\"']?https?:", styles) == []


def test_links_between_pages_lead_somewhere(site: Path) -> None:
    """Each link to a page of the site, or to a place on it, finds it."""
    found = pages(site)
    broken = []
    for path, page in found.items():
        for link in page.links:
            to = urlsplit(link)
            if to.netloc or to.scheme:
                continue
            target = (path.parent / unquote(to.path)).resolve() if to.path else path
            target = target / "index.html" if target.is_dir() else target
            places = found[target].places if target in found else set()
            if not target.exists() or (to.fragment and target in found and unquote(to.fragment) not in places):
                broken.append(f"{path.name}: {link}")
    assert broken == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("faq.md", "[here](nowhere.md)", "nowhere.md"),
        ("faq.md", "[here](settings.md#no-such-place)", "no-such-place"),
        ("new.md", "A page that nobody finds.", "new.md"),
    ],
)
def test_link_or_page_that_leads_nowhere_fails_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    """A link to no page, or to no place on it, and a page that is in no menu, are errors, and are named."""
    gather(tmp_path / "pages")
    (tmp_path / "pages" / "docs" / name).write_text(f"# Title\n\n{text}\n")
    assert build_gathered(tmp_path) != 0
    assert said in capsys.readouterr().err


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("page", ["index.html", "docs/how-it-works.html", "docs/http.html"])
def test_browser_asks_nobody_else(site: Path, tmp_path: Path, page: str) -> None:
    """A real browser shows the page, with its pictures, and speaks to the site's own server alone."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        own = f"http://127.0.0.1:{server.server_port}/"
        try:
            with tab(tmp_path) as opened:
                opened.visit(own + page)
                opened.wait_for("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
                asked, errors = opened.requests, opened.errors
        finally:
            server.shutdown()
    assert [url for url in asked if not url.startswith((own, "data:", "blob:"))] == []
    assert errors == []


def test_http_reference_is_what_a_running_ingress_serves(tmp_path: Path) -> None:
    """The page is the one that follows from the document of a real ingress with every endpoint."""
    ingress = Site(tmp_path, ADMIN_KEY="key-admin-of-a-test")
    with ingress.ingress():
        document = ingress.get("/docs/openapi.json").json()
    page = (ROOT / "docs" / "http.md").read_text()
    assert page == http_page(document), "run `make pages`"
    for path, item in document["paths"].items():
        for method in item:
            assert f"\n## {method.upper()} {path}\n" in page


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
