"""The process of its own that asks about agents: what it tells, and that nothing that happens to it harms anybody."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import msgspec
import psutil
import pytest

from projector.sources.agents.asking import Asking
from projector.sources.agents.messages import Question
from tests.support.elevenlabs import API_KEY, Account
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture
def account() -> Iterator[Account]:
    """An ElevenLabs account with two agents."""
    with Account().serving() as account:
        account.hold_agent("agent_1", "Ada")
        account.hold_agent("agent_2", "Otto")
        yield account


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "projector.sources.agents.process" in " ".join(one.cmdline())]


def test_tells_what_it_was_told_and_ends(account: Account) -> None:
    """The profiles come in the order that was asked for; afterwards no process is left, and no line held the key."""
    asking = Asking(API_KEY, account.url)
    told = []
    for one in asking.ask(["agent_2", "agent_1", "agent_9"]):
        told.append(one)
        for child in children():
            assert API_KEY not in " ".join(child.cmdline())
    assert [(one.agent_id, one.outcome) for one in told] == [
        ("agent_2", "known"),
        ("agent_1", "known"),
        ("agent_9", "gone"),
    ]
    assert [one.profile.name for one in told if one.profile is not None] == ["Otto", "Ada"]
    assert children() == []


def test_process_that_dies_is_down(account: Account) -> None:
    """Where the process is killed, the agent that it had at hand was not told of; those before it were."""

    def kill(path: str) -> None:
        for child in children() if path.endswith("agent_1") else ():
            os.kill(child.pid, signal.SIGKILL)

    account.at_request = kill
    told = list(Asking(API_KEY, account.url).ask(["agent_2", "agent_1", "agent_2"]))
    assert [(one.agent_id, one.outcome) for one in told] == [("agent_2", "known"), ("agent_1", "down")]
    assert told[1].reason == "the process that asks ended without an answer"
    assert children() == []


def test_closing_ends_what_hangs(account: Account) -> None:
    """Once closed, an answer that never comes is waited for no more, nothing is told, and nobody else is asked."""
    goes_on = threading.Event()
    account.at_request = lambda _: goes_on.wait(PATIENCE_S)
    asking = Asking(API_KEY, account.url, timeout_s=PATIENCE_S)
    told: list[object] = []
    thread = threading.Thread(target=lambda: told.extend(asking.ask(["agent_1", "agent_2"])))
    thread.start()
    try:
        wait_until(lambda: account.asked_agents() == ["agent_1"])
        asking.close()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert told == []
        assert children() == []
        assert list(asking.ask(["agent_2"])) == []
    finally:
        goes_on.set()
    assert account.asked_agents() == ["agent_1"]


def test_leaving_early_ends_the_process(account: Account) -> None:
    """Whoever listens no more leaves no process behind."""
    answers = Asking(API_KEY, account.url).ask(["agent_1", "agent_2"])
    assert next(answers).outcome == "known"
    answers.close()  # type: ignore[attr-defined]
    assert children() == []


def test_process_ends_itself_if_the_projector_is_gone(account: Account) -> None:
    """One whose projector was killed meanwhile, and whose answer never comes, is ended by the kernel."""
    goes_on = threading.Event()
    account.at_request = lambda _: goes_on.wait(PATIENCE_S)
    question = Question(key=API_KEY, base_url=account.url, agent_ids=["agent_1"], timeout_s=PATIENCE_S, process_s=1)
    began_s = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "projector.sources.agents.process"],
            input=msgspec.json.encode(question) + b"\n",
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    finally:
        goes_on.set()
    assert done.returncode == -signal.SIGALRM
    assert time.monotonic() - began_s >= 1
    assert done.stdout == b""


def test_process_that_cannot_be_started_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation that is gone just now is as good as an API that is down: it is asked again later."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    (told,) = Asking(API_KEY, "http://127.0.0.1:1").ask(["agent_1"])
    assert told.outcome == "down"
    assert told.reason.startswith("the process that asks could not be used: ")
