"""`python -m pages`: writes anew what the documentation takes from the code. `make pages` runs it."""

from pathlib import Path

from pages.all_settings import all_settings
from pages.env_example import env_example
from pages.http_page import http_page
from pages.openapi_document import openapi_document
from pages.settings_page import settings_page

ROOT = Path(__file__).parents[1]


def from_settings() -> dict[Path, str]:
    """Return the files that are written from the settings, and what each must hold."""
    settings = all_settings()
    page = ROOT / "docs" / "settings.md"
    return {page: settings_page(page.read_text(), settings), ROOT / ".env.example": env_example(settings)}


def main() -> None:
    """Write the files that differ, and name them."""
    for path, text in (from_settings() | {ROOT / "docs" / "http.md": http_page(openapi_document())}).items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
