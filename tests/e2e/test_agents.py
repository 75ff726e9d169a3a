"""What ElevenLabs says of agents: asked for by the real projector, of an API on the loopback, while it follows."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from events.folder_log.log import FolderLog
from events.log.event import Event
from events.log.ours.agent_profile import SOURCE, read_agent_profile
from tests.support.elevenlabs import API_KEY, SECRET_PROMPT, SECRET_TOKEN, Account, Answer
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S

pytestmark = [pytest.mark.server, pytest.mark.slow]

LOG_KEY = "a-key-of-the-tests-0123456789"
PATH = f"/v1/convai/agents/{AGENT}"


@pytest.fixture
def account() -> Iterator[Account]:
    """An ElevenLabs account with one agent."""
    with Account().serving() as account:
        account.hold_agent(AGENT, "Ada of Acme", variables={"company_name": "Acme", "user_name": "Anna"})
        yield account


@pytest.fixture
def site(tmp_path: Path, account: Account) -> Site:
    """An installation that signs its own events, and may ask about that account's agents."""
    return Site(tmp_path, LOG_KEY=LOG_KEY, ELEVENLABS_API_KEY=API_KEY, ELEVENLABS_BASE_URL=account.url)


def append(site: Site, *webhooks: bytes) -> None:
    log = FolderLog(site.payloads)
    for webhook in webhooks:
        log.append(webhook, source="webhook")


def wait_for_call(site: Site, calls: int) -> None:
    """Wait until so many calls are known of Marta."""
    site.wait_until(lambda: f"{calls} call" in site.run("projector", "show", MARTA, check=False).stdout)


def profiles(site: Site) -> list[Event]:
    found = FolderLog(site.payloads).read()
    return [event for event in found if isinstance(event, Event) and event.receipt.source == SOURCE]


def test_first_call_of_an_agent_brings_its_profile(site: Site, account: Account) -> None:
    """
    It is asked for once, appended signed and without a secret, and folded; a replay and a restart ask nobody.

    The whole log verifies, and an erasure of the caller leaves the profile.
    """
    append(site, transcription("conv_1", "I'd like a bicycle."))
    with site.projector():
        site.wait_until(lambda: "agent_profile_appended" in site.log("projector"))
        append(site, transcription("conv_2", "And a bell.", at_s=NOON_S + 60))
        wait_for_call(site, 2)
    (event,) = profiles(site)
    profile = read_agent_profile(event)
    assert (profile.agent_id, profile.name, profile.company, profile.language) == (AGENT, "Ada of Acme", "Acme", "de")
    assert profile.first_message == "Guten Tag {{user_name}}!"
    stored = event.body().decode()
    for secret in (SECRET_PROMPT, SECRET_TOKEN, API_KEY, MARTA, "Anna"):
        assert secret not in stored
        assert secret not in site.log("projector")
    assert account.asked_agents() == [AGENT]

    before = site.dump()
    site.run("projector", "replay")
    assert site.dump() == before
    with site.projector():
        site.wait_until(lambda: "projector_started" in site.log("projector"))
        time.sleep(2.5)  # time enough for whom would ask
    site.run("projector", "forget", MARTA, "--yes")
    verified = site.run("events", "verify", "--json")
    assert json.loads(verified.stdout.splitlines()[-1])["findings"] == 0
    assert [read_agent_profile(each) for each in profiles(site)] == [profile]
    assert account.asked_agents() == [AGENT]


def test_nothing_waits_for_an_answer_that_never_comes(site: Site, account: Account) -> None:
    """While ElevenLabs hangs, calls are learned, and SIGTERM ends the projector at once, with the process that asks."""
    goes_on = threading.Event()
    account.at_request = lambda _: goes_on.wait(PATIENCE_S)
    try:
        append(site, transcription("conv_1", "I'd like a bicycle."))
        with site.projector() as process:
            site.wait_until(lambda: account.asked_agents() == [AGENT])
            append(site, transcription("conv_2", "And a bell.", at_s=NOON_S + 60))
            wait_for_call(site, 2)
            children = psutil.Process(process.pid).children(recursive=True)
            assert children
            began_s = time.monotonic()
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
            assert time.monotonic() - began_s < 20  # of a minute or two that the question may take
            assert psutil.wait_procs(children, timeout=PATIENCE_S)[1] == []
    finally:
        goes_on.set()
    assert profiles(site) == []
    assert "2 calls" in site.run("projector", "show", MARTA).stdout


@pytest.mark.parametrize(
    "answer", [Answer(401), Answer(500), Answer(200, b"<html>Sign in</html>")], ids=["401", "500", "page"]
)
def test_without_a_profile_all_else_works(site: Site, account: Account, answer: Answer) -> None:
    """Where ElevenLabs refuses, fails or answers with a page, that is said once, and callers are known all the same."""
    account.instead[PATH] = [answer] * 9
    append(site, transcription("conv_1", "I'd like a bicycle."))
    with site.projector():
        event = "agent_profile_unusable" if answer.status == 200 else "agent_profiles_waiting"
        site.wait_until(lambda: event in site.log("projector"))
        append(site, transcription("conv_2", "And a bell.", at_s=NOON_S + 60))
        wait_for_call(site, 2)
        time.sleep(2.5)  # time enough for whom would ask again
    assert site.log("projector").count(event) == 1
    assert account.asked_agents() == [AGENT]
    assert profiles(site) == []
    assert API_KEY not in site.log("projector")
    assert "2 calls" in site.run("projector", "show", MARTA).stdout


@pytest.mark.parametrize(
    "setting", [{"ELEVENLABS_API_KEY": ""}, {"AGENT_PROFILE_TTL_HOURS": "0"}], ids=["no key", "off"]
)
def test_nobody_is_asked_without_a_key_or_when_switched_off(
    site: Site, account: Account, setting: dict[str, str]
) -> None:
    """Without a key, or with 0 hours, no process is started, and no one is asked."""
    site.env |= setting
    append(site, transcription("conv_1", "I'd like a bicycle."))
    with site.projector() as process:
        wait_for_call(site, 1)
        time.sleep(2.5)  # time enough for whom would ask
        assert psutil.Process(process.pid).children() == []
    site.run("projector", "--once")
    assert account.requests == []


def test_one_shot_commands_ask_nobody(site: Site, account: Account) -> None:
    """Only who follows asks: a command ends when it has done what it was told."""
    append(site, transcription("conv_1", "I'd like a bicycle."))
    site.run("projector", "--once")
    site.run("projector", "replay")
    site.run("projector", "replay", "--dry-run")
    assert account.requests == []


def test_screens_call_an_agent_by_its_name(site: Site, account: Account) -> None:
    """`projector explain` and `status` say the name that ElevenLabs said, where the id stood before."""
    append(site, transcription("conv_1", "I'd like a bicycle."))
    site.run("projector", "--once")

    def told_to() -> str:
        found = site.run("projector", "explain", "--search", MARTA, "bicycle", "--json").stdout
        return site.run("projector", "explain", json.loads(found)[0]["memory"]["id"]).stdout

    assert f"told to: {AGENT}" in told_to()
    with site.projector():
        site.wait_until(lambda: "told to: Ada of Acme" in told_to())
        assert AGENT not in told_to().partition("call:")[0]
        assert "agents: 1 had calls, 1 known by name" in site.run("projector", "status").stdout
