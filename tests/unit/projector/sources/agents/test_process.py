"""What becomes of questions about agents, with the real SDK in this process and an API on the loopback."""

import gzip
import time
from collections.abc import Iterator

import pytest

from events.log.ours.agent_profile import AgentProfile
from projector.sources.agents.messages import Question, Told
from projector.sources.agents.process import tell
from tests.support.elevenlabs import API_KEY, NO_AGENT, Account, Answer

pytestmark = pytest.mark.server

PATH = "/v1/convai/agents/agent_1"
HTML = (("content-type", "text/html"),)


@pytest.fixture
def account() -> Iterator[Account]:
    """An ElevenLabs account with two agents."""
    with Account().serving() as account:
        account.hold_agent("agent_1", "Ada")
        account.hold_agent("agent_2", "Otto", language="en")
        yield account


def ask(account: Account, *agent_ids: str, key: str = API_KEY, timeout_s: float = 15) -> list[Told]:
    """Ask about agents, one after the other."""
    question = Question(
        key=key, base_url=account.url, agent_ids=[*(agent_ids or ("agent_1",))], timeout_s=timeout_s, process_s=60
    )
    return list(tell(question))


def test_tells_the_profile_of_each(account: Account) -> None:
    """Each agent is asked about once, in the order that was given, and gets its own profile."""
    began_s = int(time.time())
    first, second = ask(account, "agent_2", "agent_1")
    assert (first.outcome, second.outcome) == ("known", "known")
    assert first.profile is not None
    assert first.profile.name == "Otto"
    assert second.profile is not None
    assert began_s <= second.profile.read_at_s <= time.time()
    assert second.profile == AgentProfile(
        agent_id="agent_1",
        name="Ada",
        language="de",
        first_message="Guten Tag {{user_name}}!",
        read_at_s=second.profile.read_at_s,
    )
    assert account.asked_agents() == ["agent_2", "agent_1"]


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (Answer(401), "refused", "ElevenLabs refused ELEVENLABS_API_KEY (401): A test says so."),
        (Answer(403), "refused", "ElevenLabs answered 403: A test says so."),
        (NO_AGENT, "gone", "ElevenLabs answered 404: Agent not found."),
        (Answer(422, b'{"detail":[{"loc":["path"],"msg":"no id"}]}'), "gone", "ElevenLabs answered 422"),
        (Answer(500), "down", "ElevenLabs answered 500: A test says so."),
        (Answer(503, b"<html>busy</html>", HTML), "down", "ElevenLabs answered 503"),
        (Answer(408), "down", "ElevenLabs answered 408: A test says so."),
        (Answer(200, b"<html>Sign in</html>", HTML), "unusable", "ElevenLabs' answer is not JSON"),
        (Answer(200, b'{"agent_id":"agent_2"}'), "unusable", "ElevenLabs' answer is not about the agent"),
        (Answer(200, b"{}"), "unusable", "ElevenLabs' answer is not about the agent"),
        (Answer(200, b""), "unusable", "ElevenLabs' answer is not JSON"),
        (Answer(200, b'{"agent_id":"agent_1"', cut_at=10), "down", "ElevenLabs does not answer"),
        (Answer(200, b"x" * 17 * 2**20), "unusable", "ElevenLabs' answer cannot be used: it is larger than 16 MiB"),
        (
            Answer(200, gzip.compress(b" " * 17 * 2**20), (("content-encoding", "gzip"),)),
            "unusable",
            "ElevenLabs' answer cannot be used: it is larger than 16 MiB",
        ),
        (Answer(200, b"?", (("content-encoding", "br"),)), "unusable", "ElevenLabs' answer cannot be used"),
    ],
    ids=[
        *("401", "403", "404", "422", "500", "503 as a page", "408", "a page", "another agent", "no agent", "nothing"),
        *("cut off", "too large", "too large when unpacked", "packed otherwise"),
    ],
)
def test_answer_that_is_no_profile(account: Account, answer: Answer, outcome: str, reason: str) -> None:
    """Each is told for what it is; a request is sent once, and what one agent cannot be told the next one may."""
    account.instead[PATH] = [answer]
    told = ask(account, "agent_1", "agent_2")
    assert told[0].outcome == outcome
    assert told[0].profile is None
    assert told[0].reason.startswith(reason)
    if outcome in {"down", "refused"}:
        assert account.asked_agents() == ["agent_1"]
    else:
        assert account.asked_agents() == ["agent_1", "agent_2"]
        assert told[1].outcome == "known"
    assert API_KEY not in str(told)


def test_wait_that_is_asked_for_is_told(account: Account) -> None:
    """After 429 with Retry-After nobody else is asked about, and the wait is handed on."""
    account.instead[PATH] = [Answer(429, headers=(("retry-after", "77"),))]
    (told,) = ask(account, "agent_1", "agent_2")
    assert (told.outcome, told.wait_s) == ("down", 77.0)
    assert "asks to wait 77 seconds" in told.reason


def test_wrong_key_is_refused(account: Account) -> None:
    """The account refuses a key that is not its own, and the reason does not hold it."""
    (told,) = ask(account, "agent_1", "agent_2", key="sk_of_somebody_else")
    assert told.outcome == "refused"
    assert "sk_of_somebody_else" not in told.reason


def test_redirect_is_not_followed(account: Account) -> None:
    """The key stays where it was sent: whoever is named by a redirect is asked nothing."""
    with Account().serving() as elsewhere:
        elsewhere.hold_agent("agent_1", "Mallory")
        for status in (301, 302, 303, 307, 308):
            account.instead[PATH] = [Answer(status, b"", (("location", f"{elsewhere.url}{PATH}"),))]
            (told,) = ask(account)
            assert (told.outcome, told.profile) == ("unusable", None)
            assert f"answered {status}" in told.reason
        assert elsewhere.requests == []


def test_proxy_of_the_environment_is_not_used(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would learn whom we ask about, and the answer could be anybody's."""
    with Account().serving() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        (told,) = ask(account)
        assert told.outcome == "known"
        assert proxy.requests == []


def test_nobody_at_the_address_is_down(account: Account) -> None:
    """Where nothing listens, nobody was asked."""
    url, account.url = account.url, "http://127.0.0.1:1"
    (told,) = ask(account, "agent_1", "agent_2")
    assert told.outcome == "down"
    assert told.reason.startswith("ElevenLabs does not answer")
    account.url = url


def test_hanging_answer_is_given_up(account: Account) -> None:
    """Whoever never answers is given up after the time that an answer may take."""
    account.at_request = lambda _: time.sleep(1.5)
    (told,) = ask(account, "agent_1", "agent_2", timeout_s=0.3)
    assert told.outcome == "down"
    assert told.reason.startswith("ElevenLabs does not answer")
