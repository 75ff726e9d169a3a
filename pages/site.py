"""`python -m pages.site`: builds the site of the documentation. `make site` runs it."""

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def build(folder: Path) -> int:
    """
    Build the site, and return the exit code; a link that leads nowhere, or a page outside of the menu, is an error.

    Args:
        folder: gets `pages`, what is built, and `site`, the result; what was there goes.
    """
    pages, site = folder / "pages", folder / "site"
    for old in (pages, site):
        shutil.rmtree(old, ignore_errors=True)
    gather(pages)
    return build_gathered(folder)


def build_gathered(folder: Path) -> int:
    """Build the site of the pages that were gathered, and return the exit code; what is wrong is printed."""
    text = (ROOT / "pages" / "mkdocs.yml").read_text()
    config = folder / "mkdocs.yml"
    config.write_text(
        text.replace("../build/pages", str(folder / "pages")).replace("../build/site", str(folder / "site"))
    )
    # With `--quiet` no warning is counted, and `--strict` finds nothing wrong.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(config)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
    return done.returncode


def gather(folder: Path) -> None:
    """Copy all pages into a folder as they lie in the repository, and with them each file that a link leads to."""
    for page in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        copy = folder / page.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = page.read_text()
        for _, _, link, _ in _LINK.findall(_FENCED.sub("", text)):
            target = (page.parent / link).resolve()
            if "://" not in link and target.is_file() and target.suffix != ".md" and target.is_relative_to(ROOT):
                beside = folder / target.relative_to(ROOT)
                beside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(target, beside)
        copy.write_text(_LINK.sub(partial(_without_folder, page.parent), text))
    shutil.copy(ROOT / "pages" / "site.css", folder)


def _without_folder(beside: Path, link: re.Match[str]) -> str:
    """Return a link as it stands, or its words alone where it leads to a folder, which a site cannot show."""
    return link[2] if "://" not in link[3] and (beside / link[3]).is_dir() else link[0]


if __name__ == "__main__":
    sys.exit(build(ROOT / "build"))
