"""What the process that makes vectors does of its own accord, run here in a thread."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from queue import SimpleQueue

import pytest

from projector.domain.memories import Memory
from projector.engines.meaning.texts import names_said
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.tables.engines.vectors import Vectors
from projector.vectors.messages import Changed
from projector.vectors.process import _Work, logger
from tests.support.samples import NOON_S, transcription
from tests.support.vector_site import VectorSite
from tests.support.waiting import wait_until


@contextmanager
def working(site: VectorSite) -> Iterator["SimpleQueue[Changed]"]:
    """Make vectors in a thread until the block ends, by removing the file that it writes."""
    lines = SimpleQueue[Changed]()

    def work() -> None:
        with closing(_Work(site.folder, site.table, site.encoder, lines)) as working:
            working.go_on()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield lines
    finally:
        for path in (site.folder / "vectors").glob("*"):
            path.unlink()
        lines.put(None)
        thread.join()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[VectorSite]:
    """A log with three calls."""
    site = VectorSite(tmp_path)
    for number in range(3):
        site.site.hold(transcription(f"conv_{number}", f"It is number {number}.", at_s=NOON_S + number))
    with closing(site):
        yield site


def test_full_disk_is_waited_for(site: VectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    While there is no room for vectors, what is there stays whole, and the log says once what is waited for.

    Once there is room, all get their vectors.
    """
    monkeypatch.setattr("projector.vectors.process._RETRY_S", 0.001)
    warned = list[tuple[str, str]]()
    monkeypatch.setattr(logger, "warning", lambda event, **more: warned.append((event, more["reason"])))
    assert isinstance(site.table, Vectors)
    long = transcription("conv_long", *(f"It is thing {number}." for number in range(100)), at_s=NOON_S + 60)
    site.site.hold(long)
    conversations = {"conv_0", "conv_1", "conv_2", "conv_long"}
    database = site.table._database
    pages = database.value("PRAGMA page_count")
    database.run(f"PRAGMA max_page_count = {pages}")
    with working(site):
        wait_until(lambda: bool(warned))
        with closing(Database.open(site.table._path, is_writing=False)) as reading:
            assert reading.value("PRAGMA quick_check(1)") == "ok"
            database.run("PRAGMA max_page_count = 100000")
            wait_until(lambda: conversations <= {stamp.conversation_id for stamp in site.table.stamps()})
    assert [event for event, _ in warned] == ["vectors_waiting"]
    assert "full" in warned[0][1]


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_one_bad_conversation_does_not_stop_the_rest(
    site: VectorSite, monkeypatch: pytest.MonkeyPatch, bad: int
) -> None:
    """Whatever our own code does to one conversation, all others get their vectors, and those that come later too."""

    def names(memories: Sequence[Memory]) -> list[str]:
        if any(memory.text == f"It is number {bad}." for memory in memories):
            raise ValueError("a fault of ours")
        return names_said(memories)

    monkeypatch.setattr("projector.vectors.filling.names_said", names)
    with working(site) as lines:
        good = {f"conv_{number}" for number in range(3)} - {f"conv_{bad}"}
        wait_until(lambda: good <= {stamp.conversation_id for stamp in site.table.stamps()})

        site.site.hold(transcription("conv_later", "It is a later one.", at_s=NOON_S + 60))
        lines.put([("+12025550143", f"conv_{bad}"), ("+12025550143", "conv_later")])

        wait_until(lambda: "conv_later" in {stamp.conversation_id for stamp in site.table.stamps()})
        assert f"conv_{bad}" not in {stamp.conversation_id for stamp in site.table.stamps()}
