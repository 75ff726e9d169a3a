"""Both processes go on while the files of their installation are taken away, and end when they are told to."""

import shutil
import signal
import site as python_site
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.samples import MARTA, NOON_S, audio, failure, transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S

pytestmark = [pytest.mark.slow, pytest.mark.server]

_ROOT = Path(__file__).parents[2]
# A number of each of many countries, and a call in each of many languages.
_CALLERS = ("+4915112345678", "+5511987654321", "+390612345678", "+819012345678", "+2348031234567", "+5215512345678")
_NAMES = ("Ana", "Rui", "Carla", "Yuki", "Ade", "Lucia")
_LANGUAGES = ("de", "pt-BR", "it", "ja", "en", "es")


@contextmanager
def _installation(folder: Path) -> Iterator[Path]:
    """An installation of links, in which removing one has the effect of removing the file."""
    folder.mkdir()
    for packages in python_site.getsitepackages():
        for entry in Path(packages).iterdir():
            if entry.suffix not in {".pth", ".dist-info"} and entry.name != "__pycache__":
                (folder / entry.name).symlink_to(entry)
        for entry in Path(packages).glob("*.dist-info"):
            (folder / entry.name).symlink_to(entry)
    for name in ("events", "projector", "ingress"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(_ROOT / name)
    yield folder


def test_installation_that_is_taken_away_stops_nobody(site: Site) -> None:
    """
    With every file of the installation gone, calls from other countries and in other languages are appended, learned,
    greeted and found; nothing is set aside, and both processes end on SIGTERM.
    """
    with _installation(site.folder / "installed") as installed:
        # Without its own packages, a Python finds those of the folder alone.
        site.env |= {"PYTHONPATH": str(installed), "DEFAULT_REGION": "DE"}
        isolated = (sys.executable, "-S")
        with site.process("ingress", by=isolated) as ingress, site.process("projector", by=isolated) as projector:
            site.wait_for_ingress(ingress)
            site.wait_until(lambda: site.recent_health()["projector"]["running"])
            shutil.rmtree(installed)
            bodies = [
                transcription(
                    f"conv_{number}",
                    f"My zebra is number {number}. My card is 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00.",
                    "Call me on 0171 2345678.",
                    caller=caller,
                    language=language,
                    at_s=NOON_S + number,
                    user_name=_NAMES[number],
                )
                for number, (caller, language) in enumerate(zip(_CALLERS, _LANGUAGES, strict=True))
            ]
            bodies += [audio("conv_0"), failure("conv_failed"), b"\xff\xfe is no JSON", b'{"type": "other"}']
            for body in bodies:
                assert site.post_call(body).status_code == 200
            site.wait_until_folded(len(bodies))
            for number, caller in enumerate(_CALLERS):
                assert site.call_start(caller)["dynamic_variables"]["user_name"] == _NAMES[number]
                found = site.search("Which zebra, last week or on Monday?", caller)
                assert not found["degraded"]
                assert "zebra" in str(site.search("zebra", caller)["memories"])
            assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is False
            health = site.health()
            assert (health["degraded"], health["read_model"]["failures"]) == (["unreadable"], 0)
            for process in (projector, ingress):
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE_S) == 0
    for command in ("ingress", "projector"):
        assert "Traceback" not in site.log(command), site.log(command)
    del site.env["PYTHONPATH"]
    assert "4111" not in site.dump()
