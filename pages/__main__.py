"""`python -m pages`: writes anew what the documentation takes from the code. `make pages` runs it."""

from collections.abc import Iterator
from pathlib import Path

from pages.all_settings import all_settings
from pages.env_example import env_example
from pages.settings_page import settings_page

ROOT = Path(__file__).parents[1]


def written() -> Iterator[tuple[Path, str]]:
    """Yield each file that is written from the code, and what it must hold."""
    settings = all_settings()
    page = ROOT / "docs" / "settings.md"
    yield page, settings_page(page.read_text(), settings)
    yield ROOT / ".env.example", env_example(settings)


def main() -> None:
    """Write the files that differ, and name them."""
    for path, text in written():
        if path.read_text() != text:
            path.write_text(text)
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
