"""Progress messages of a command that waits for another projector process."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from projector.commands.running import waiting
from projector.commands.running.waiting import WaitReporter, why_behind
from projector.errors import EngineError
from tests.support.openmemory.fake import FakeEngines, FakeStore
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite


def test_says_what_the_read_model_still_lacks(tmp_path: Path) -> None:
    """The message names what is missing first: the read model, events in it, or deliveries to the memory engine."""
    site = ProjectorSite(tmp_path)
    generations = site.generations
    assert why_behind(generations, 1) == "the read model does not exist yet"
    site.append(transcription("conv_1", "We have a dog."))
    site.follower.catch_up()
    assert why_behind(generations, 2).startswith("1 of 2 events are folded; ")
    assert "may still be retried" in why_behind(generations, 1)
    for caller, words in ((MARTA, "1 caller"), ("+15550001", "2 callers")):
        site.execute("INSERT INTO owed VALUES (?, 'conv_1')", caller)
        assert why_behind(generations, 1).endswith(f"the memory engine lacks the latest changes of {words}")
    site.follower.close()


def test_says_once_why_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The command says once, after a while, why it takes long; an engine that cannot be used ends the wait at any time.
    """
    now_s, store, told = 0.0, FakeStore(), list[str]()
    monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: now_s))
    wait = WaitReporter(FakeEngines(store), tell=told.append, why=lambda: "it is slow")
    for _ in range(2):
        wait.begin("another one does it")
        wait.look()
    assert told == ["another one does it"]
    for _ in range(2):
        now_s += 5
        wait.look()
    assert told == ["another one does it", "not yet: it is slow"]
    store.is_down = True
    wait.look()
    now_s += 5
    with pytest.raises(EngineError, match="down"):
        wait.look()
