"""What ingress says of the memory engine's health."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingress.lookups import engine_health
from ingress.lookups.engine_health import EngineHealth, without_location
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.errors import EngineError
from tests.support.openmemory.server import KEY, OpenMemoryServer
from tests.support.waiting import PATIENCE_S, wait_until


class Reader:
    """Stands for a read model and its engine, `made_with`, which reports its health once the test lets it."""

    def __init__(self) -> None:
        self.says: str | Exception = "ok"
        self.made_with: str | None = "embedded"
        self.asked = 0
        self.closed_by: list[str] = []
        self.begun, self.may_answer = threading.Event(), threading.Event()

    def generation(self) -> int | None:
        return 1 if self.made_with else None

    def open(self) -> tuple["Reader", "Reader"]:
        return self, self

    def engine(self) -> str | None:
        return self.made_with

    def health(self, *, timeout_s: float) -> str:
        self.asked += 1
        self.begun.set()
        assert self.may_answer.wait(PATIENCE_S)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says

    def close(self) -> None:
        self.closed_by.append(threading.current_thread().name)


@pytest.fixture
def reader() -> Iterator[Reader]:
    """A health check over a stand-in engine; it ends with the test."""
    reader = Reader()
    yield reader
    reader.may_answer.set()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, an engine that answers does so in time."""
    monkeypatch.setattr(engine_health, "_ANSWER_S", PATIENCE_S)
    monkeypatch.setattr(engine_health, "_PATIENCE_S", PATIENCE_S)


def health_of(reader: Reader, place: str = "") -> EngineHealth:
    return EngineHealth(reader, Engines(EngineSettings(location=place)))  # type: ignore[arg-type]


async def until_asked(reader: Reader) -> None:
    assert await asyncio.to_thread(reader.begun.wait, PATIENCE_S)


@pytest.mark.usefixtures("unhurried")
def test_all_who_ask_at_the_same_time_are_told_the_same(reader: Reader) -> None:
    """A second question waits for the answer to the first: a working engine is never called slow."""

    async def story() -> None:
        health = health_of(reader)
        first = asyncio.create_task(health.ask())
        await until_asked(reader)
        others = [asyncio.create_task(health.ask()) for _ in range(30)]
        await asyncio.sleep(0)
        reader.may_answer.set()

        assert set(await asyncio.gather(first, *others)) == {"ok"}
        assert reader.asked == 1
        assert await health.ask() == "ok"
        assert reader.asked == 2
        health.close()

    asyncio.run(story())


def test_one_who_hangs_is_told_of_in_time_and_asked_once(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that hangs is reported soon, and is not asked again before it has answered."""
    monkeypatch.setattr(engine_health, "_PATIENCE_S", 0.02)

    async def story() -> None:
        health = health_of(reader)
        for _ in range(3):
            assert "in time" in await health.ask()
        await until_asked(reader)
        assert reader.asked == 1
        monkeypatch.setattr(engine_health, "_PATIENCE_S", PATIENCE_S)
        reader.may_answer.set()
        assert await health.ask() == "ok"
        health.close()

    asyncio.run(story())


@pytest.mark.usefixtures("unhurried")
@pytest.mark.parametrize("is_raised", [False, True])
def test_says_no_address(reader: Reader, *, is_raised: bool) -> None:
    """The public health report contains no address, in whatever way the engine mentions it."""
    words = "OpenMemory at http://memory.example.com:8080 does not answer: refused"
    reader.says = EngineError(words) if is_raised else words
    reader.may_answer.set()
    health = health_of(reader, "http://memory.example.com:8080")

    assert asyncio.run(health.ask()) == "OpenMemory does not answer: refused"
    health.close()


def test_its_thread_closes_what_it_opened(reader: Reader) -> None:
    """Each thread has a connection of its own: that of the engine's health is closed by the thread that asked."""
    reader.may_answer.set()
    health = health_of(reader)
    asyncio.run(health.ask())
    health.close()
    wait_until(lambda: bool(reader.closed_by))

    assert reader.closed_by == ["engine_0"]


def told_of(reader: Reader, settings: EngineSettings) -> str:
    reader.may_answer.set()
    health = EngineHealth(reader, Engines(settings))  # type: ignore[arg-type]
    told = asyncio.run(health.ask())
    health.close()
    return told


@pytest.mark.server
@pytest.mark.usefixtures("unhurried")
def test_says_that_another_engine_is_set(reader: Reader) -> None:
    """
    Until a replay has moved the memories to the newly set engine, health names the engine that still holds them. If the
    new one is unfit or silent, it says why, without an address; it does not report the health of the old one.
    """
    server = OpenMemoryServer()
    with server.serving():
        there = EngineSettings(name="openmemory-server", location=server.url, key=KEY)
        waits = "openmemory-server is set, but the memories are those of embedded until a replay has moved them"
        assert told_of(reader, there) == waits
        server.has_tenants = True
        assert told_of(reader, there).startswith(f"{waits}; the OpenMemory server knows one user for each API key")
    assert told_of(reader, there).startswith(f"{waits}; OpenMemory does not answer: ")
    reader.made_with = "openmemory"
    assert told_of(reader, EngineSettings()) == (
        "embedded is set, but the memories are those of openmemory until a replay has moved them"
    )
    assert reader.asked == 0


@pytest.mark.server
@pytest.mark.usefixtures("unhurried")
def test_says_how_the_engine_is_that_a_first_replay_waits_for(reader: Reader) -> None:
    """Before there is any read model, health asks the newly set engine whether it can be filled."""
    reader.made_with = None
    server = OpenMemoryServer()
    with server.serving():
        there = EngineSettings(name="openmemory-server", location=server.url, key=KEY)
        assert told_of(reader, there) == "ok"
    assert told_of(reader, there).startswith("OpenMemory does not answer: ")
    assert told_of(reader, EngineSettings()) == "ok"


def test_says_no_path(tmp_path: Path) -> None:
    """
    The public health report contains no path, neither as set nor as the system resolves it, nor any other path. All
    other words stay.
    """
    (tmp_path / "real disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real disk")
    place = str(tmp_path / "link" / "om.db")
    for words, told in (
        (f"there is no OpenMemory file at {place} yet", "there is no OpenMemory file yet"),
        (f"{tmp_path}/real disk/om.db was removed or replaced", "its file was removed or replaced"),
        (f"[Errno 13] Permission denied: '{place}.lock'", "[Errno 13] Permission denied: 'its file.lock'"),
        ("cannot be imported: x (/usr/lib/om/__init__.py)", "cannot be imported: x ([path])"),
        ("run v1.3.0, and/or set MEMORY_ENGINE", "run v1.3.0, and/or set MEMORY_ENGINE"),
    ):
        assert without_location(words, place) == told
    tls = "certificate is not valid for 'memory.example.com'"
    assert without_location(tls, "https://memory.example.com/om") == "certificate is not valid for its host"
    assert without_location("ok", "") == "ok"
