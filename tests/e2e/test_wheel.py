"""The wheel runs by `uvx`, outside of any checkout or environment: every console script, and both processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.samples import MARTA, transcription
from tests.support.servers import Site
from tests.support.wheels import build_wheel, pack_installed

_BESIDE = Path(sys.executable).with_name("uv")
UV = str(_BESIDE) if _BESIDE.exists() else shutil.which("uv")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our wheel."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


def test_wheel_holds_what_is_needed_and_nothing_else(wheel: Path) -> None:
    """Our three packages with their types, styles, scripts and licences; no test, tool or page."""
    with ZipFile(wheel) as packed:
        names = packed.namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"events", "ingress", "projector"}
    needed = {
        *(f"{room}/py.typed" for room in ("events", "ingress", "projector")),
        "projector/read_side/story/page.css",
        "projector/sources/extraction/prompts/1.md",
        "ingress/http/pages/vendored/swagger-ui.js.gz",
        "ingress/http/pages/vendored/redoc.js.gz",
    }
    assert needed <= set(names)
    assert any(name.endswith("licenses/ingress/http/pages/vendored/LICENSES.txt") for name in names)


@pytest.mark.skipif(UV is None, reason="uv is not installed")
def test_console_scripts_run_by_uvx(wheel: Path, tmp_path: Path) -> None:
    """
    `uvx --from WHEEL COMMAND` installs and runs each command; both processes take a call and remember it.

    Its dependencies come from wheels of what is installed here, because a test asks no registry.
    """
    assert UV is not None
    dependencies = tmp_path / "dependencies"
    pack_installed(dependencies)
    folder = tmp_path / "site"
    folder.mkdir()
    site = Site(folder)
    home = {"HOME": str(tmp_path), "UV_CACHE_DIR": str(tmp_path / "cache"), "UV_PYTHON_DOWNLOADS": "never"}
    site.env |= home
    offline = ("--no-config", "--no-index", "--find-links", str(dependencies), "--python", sys.executable)
    uvx = (UV, "tool", "run", "--isolated", *offline, "--from", str(wheel))

    def run(*command: str) -> str:
        done = subprocess.run([*uvx, *command], cwd=folder, env=site.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for command in ("events", "ingress", "projector"):
        assert "0." in run(command, "--version")
        assert "Usage:" in run(command, "--help")
    with (folder / "ingress.log").open("ab") as log:
        process = subprocess.Popen(
            [*uvx, "ingress"], cwd=folder, env=site.env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            site.wait_for_ingress(process)
            assert site.post_call(transcription("conv_1", "one")).status_code == 200
            assert "SwaggerUIBundle" in site.get("/docs").text
        finally:
            os.killpg(process.pid, 15)
            process.wait(30)
    run("projector", "--once")
    assert MARTA in run("projector", "callers")
    assert "nothing is wrong" in run("events", "verify")
