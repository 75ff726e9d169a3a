"""SIGKILL after every step of every command: a restart ends in the state of a run that never died."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from events.folder_log.layout import NAME as JOURNAL
from events.folder_log.log import FolderLog
from events.log.event import Event
from tests.support.crashing import Crashing
from tests.support.erasures import assert_accounted_for, erasures_of, requests_of
from tests.support.logs import file_of
from tests.support.samples import MARTA, NOON_S, audio, failure, transcription
from tests.support.sites import ProjectorSite, files_holding
from tests.support.vector_site import VectorSite

BEN = "+12025550199"
_OCCURRENCES_MAX = 2
# What asks models is killed in `test_extracting`: no command here asks any. A log in PostgreSQL is killed with its
# server in `postgres`, and what projectors share there is in `postgres/test_sharing`.
_ELSEWHERE = {"extracting", "postgres_log", "postgres_server", "first_folds.py", "shared_folds.py"}
_SOURCES = [
    path
    for room in ("events", "projector", "ingress")
    for path in Path(__file__).parents[2].joinpath(room).rglob("*.py")
    if _ELSEWHERE.isdisjoint(path.parts)
]
STEPS = sorted({step for path in _SOURCES for step in re.findall(r'steps\.reached\("(\w+)"\)', path.read_text())})
_BENS = [transcription("conv_ben", "My walrusk7.", caller=BEN), audio("conv_ben", b"ID3walrusk7")]
_MARTAS = [
    transcription("conv_marta", "My zebrak7.", summary="About zebrak7."),
    audio("conv_marta", b"ID3zebrak7"),
    b"\xff +12025550143 zebrak7",
]
_LATE = [
    audio("conv_marta", b"ID3zebrak7 late"),
    _MARTAS[0],
    _MARTAS[2],
    transcription("conv_old", "My old zebrak7."),
    transcription("conv_new", "My newk7.", caller=BEN),
]
_NEW = transcription("conv_new", "My newk7.", caller=BEN, summary="About newk7.")


class Scenario(Struct, frozen=True):
    """A starting state, a command that runs until it dies, and the state that it must end in."""

    prepare: Callable[[Path], None]
    command: list[str]
    final: list[bytes]
    is_forgetting: bool = False
    has_read_model: bool = True
    sent: list[bytes] = []


def _hold(folder: Path, *bodies: bytes, is_projected: bool = True) -> None:
    site = ProjectorSite(folder)
    site.append(*bodies)
    if is_projected:
        site.catch_up()


def _prepare_append(folder: Path) -> None:
    _hold(folder, *_BENS)
    (folder / "body").write_bytes(_NEW)


def _prepare_group(folder: Path) -> None:
    _hold(folder, *_BENS)
    for number, body in enumerate(_GROUP):
        (folder / f"body{number}").write_bytes(body)


def _prepare_first(folder: Path) -> None:
    _hold(folder, *_BENS, *_MARTAS, is_projected=False)


def _prepare_follow(folder: Path) -> None:
    _hold(folder, transcription("conv_changed", "My hippok7."), *_BENS)
    _hold(folder, *_CHANGED, is_projected=False)


def _prepare_late(folder: Path) -> None:
    _hold(folder, *_BENS, *_MARTAS)
    ProjectorSite(folder).forget(at_s=NOON_S * 2)
    _hold(folder, *_LATE, is_projected=False)


def _prepare_vectors(folder: Path) -> None:
    _hold(folder, *_BENS, *_MARTAS)
    vectors = VectorSite(folder)
    assert vectors.fill()
    vectors.close()


_CHANGED = [
    transcription("conv_changed", "My hippok7.", caller=BEN, event_timestamp=NOON_S),
    audio("conv_changed"),
    failure("conv_f"),
]
# New conversations, two versions of one call, a duplicate in the group, one of an existing event, a stray.
_GROUP = [
    _NEW,
    transcription("conv_group", "My group.", caller=BEN),
    transcription("conv_new", "My newk7.", caller=BEN, summary="About newk7, again."),
    _NEW,
    _BENS[0],
    b'{"type": "voice_removed", "data": {"voice_id": "v"}}',
]
SCENARIOS = {
    "append": Scenario(_prepare_append, ["append", "body"], [*_BENS, _NEW], sent=[_NEW]),
    "group": Scenario(
        _prepare_group, ["append", *(f"body{number}" for number in range(6))], [*_BENS, *_GROUP], sent=_GROUP
    ),
    "first": Scenario(_prepare_first, ["--once"], [*_BENS, *_MARTAS], has_read_model=False),
    "follow": Scenario(_prepare_follow, ["--once"], [*_BENS, *_CHANGED]),
    "replay": Scenario(lambda at: _hold(at, *_BENS, *_MARTAS), ["replay"], [*_BENS, *_MARTAS]),
    "forget": Scenario(lambda at: _hold(at, *_BENS, *_MARTAS), ["forget", "--yes", MARTA], _BENS, is_forgetting=True),
    "forget at first": Scenario(
        _prepare_first, ["forget", "--yes", MARTA], _BENS, is_forgetting=True, has_read_model=False
    ),
    "forget vectors": Scenario(_prepare_vectors, ["forget", "--yes", MARTA], _BENS, is_forgetting=True),
    "late": Scenario(_prepare_late, ["--once"], [*_BENS, _LATE[4]], is_forgetting=True),
    "late replay": Scenario(_prepare_late, ["replay"], [*_BENS, _LATE[4]], is_forgetting=True),
}


class Matrix:
    """The scenarios, prepared once, with the steps that each goes through, and their final states."""

    def __init__(self, folder: Path) -> None:
        self.crashing = Crashing(folder)
        self._folder = folder
        self._number = 0
        self.reached: dict[str, list[str]] = {}
        self.dumps: dict[str, str] = {}
        for name, scenario in SCENARIOS.items():
            template = folder / name
            template.mkdir()
            scenario.prepare(template)
            self.reached[name] = self.crashing.run(self.prepared(name), scenario.command)
            whole = folder / f"{name} never crashed"
            _hold(whole, *scenario.final)
            self.dumps[name] = ProjectorSite(whole).dump()

    def prepared(self, name: str) -> Path:
        """Return a fresh copy of a scenario's starting state."""
        self._number += 1
        return Path(shutil.copytree(self._folder / name, self._folder / "runs" / str(self._number)))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """All scenarios, none of them crashed."""
    matrix = Matrix(tmp_path_factory.mktemp("matrix"))
    yield matrix
    matrix.crashing.close()


@pytest.mark.parametrize("step", STEPS)
def test_restart_ends_where_a_run_that_never_died_ends(matrix: Matrix, step: str) -> None:
    """Killed at this step, in every scenario that reaches it, the system loses, doubles and leaves behind nothing."""
    cases = 0
    for name, scenario in SCENARIOS.items():
        of = matrix.reached[name].count(step)
        for occurrence in sorted({*range(1, of + 1)[:_OCCURRENCES_MAX], *range(1, of + 1)[-1:]}):
            folder = matrix.prepared(name)
            matrix.crashing.run(folder, scenario.command, at=step, occurrence=occurrence)
            try:
                _assert_recovers(folder, scenario, matrix.dumps[name], is_ingress_first=cases % 2 == 0)
            except BaseException as error:
                error.add_note(f"{name}: killed at {step}, occurrence {occurrence} of {of}, in {folder}")
                raise
            shutil.rmtree(folder)
            cases += 1
    assert cases, f"no scenario comes to {step}"


def _assert_recovers(folder: Path, scenario: Scenario, expected: str, *, is_ingress_first: bool) -> None:
    site = ProjectorSite(folder)
    log = site.log
    _assert_current_is_whole(site, scenario)

    if scenario.command != ["replay"]:  # a replay also removes, and reports, what came back there
        _assert_missing_files_are_listed(log)
    # Ingress recovers drafts when it starts; which of the two starts first is not guaranteed.
    if not is_ingress_first:
        site.catch_up()
    log.recover()
    site.catch_up()
    assert not list((log.folder / ".incoming").iterdir())
    _assert_each_once(log)
    if scenario.sent:  # the senders, who got no answer, try again
        again = {log.append(body, source="webhook").position for body in scenario.sent}
        whole = {body: number for number, body in enumerate(dict.fromkeys(scenario.final), 1)}
        assert again == {whole[body] for body in scenario.sent}
        assert sorted(event.body() for event in log.read() if isinstance(event, Event)) == sorted(whole)
        site.catch_up()
    if scenario.is_forgetting and not requests_of(log):  # it died before the request was an event
        assert files_holding([log.folder], ["zebrak7"])
        site.forget(at_s=NOON_S * 2)
    _assert_ended(site, scenario, expected)
    tail = log.tail()
    site.replay()
    site.catch_up()
    _assert_ended(site, scenario, expected)
    assert log.tail() == tail
    left = {path.name for path in site.generations.folder.iterdir()}
    assert left == {".follow.lock", ".replay.lock", "CURRENT", "vectors", str(site.generations.current())} & left
    site.now_s = 10.0**10  # and no event waits for its next try
    site.catch_up()
    assert log.tail() == tail


def _assert_current_is_whole(site: ProjectorSite, scenario: Scenario) -> None:
    """Assert that the generation that is live after the death can be read, and is intact."""
    if site.generations.current() is None:
        assert not scenario.has_read_model
        return
    assert site.database().exists()
    assert "walrusk7" in site.dump()


def _assert_missing_files_are_listed(log: FolderLog) -> None:
    """Assert that no file was removed before an erasure that lists it was durable."""
    listed = {event.position for erasure in erasures_of(log) for event in erasure.events}
    for event in log.read():
        assert isinstance(event, Event)
        assert file_of(log, event).exists() or event.place.position in listed


def _assert_each_once(log: FolderLog) -> None:
    receipts = (log.folder / JOURNAL).read_bytes().splitlines()
    shas = re.findall(rb'"path":"([^"]+)"', b"\n".join(receipts))
    erased = {event.path.encode() for erasure in erasures_of(log) for event in erasure.events}
    once = [path for path in shas if path not in erased]
    assert len(once) == len(set(once))


def _assert_ended(site: ProjectorSite, scenario: Scenario, expected: str) -> None:
    assert site.dump() == expected
    assert site.faults() == []
    assert_accounted_for(site.log)
    if scenario.is_forgetting:
        assert site.files_holding("zebrak7", MARTA[2:]) == []
        assert (site.log.folder / "conv_ben" / "conv_ben_audio.mp3").read_bytes() == b"ID3walrusk7"
