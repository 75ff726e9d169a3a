"""What an agent asks during a call, end to end: about a time, and without saying who is calling."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from events.wire.timezone import zone_of
from tests.support.calls import in_zone
from tests.support.samples import AGENT, transcription
from tests.support.servers import SEARCH_DATA_KEY, Site

DAY_S = 24 * 60 * 60


def hold(site: Site, *bodies: bytes) -> None:
    """Post webhooks, and wait until they are remembered."""
    positions = [site.post_call(body).json()["data"]["position"] for body in bodies]
    site.wait_until_folded(max(positions))


def conversations(answer: dict[str, Any]) -> list[str]:
    """Return the conversations of what was found for certain, each once, in order."""
    return list(dict.fromkeys(memory["conversation_id"] for memory in answer["memories"] if memory["confident"]))


def zone_at_noon() -> str:
    """Return a time zone in which it is about noon: no day ends there while a test runs."""
    ahead_h = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead_h:+d}"


def ago(days: int, timezone: str) -> int:
    """Return noon, some days ago, in a time zone."""
    day = datetime.fromtimestamp(time.time(), zone_of(timezone)) - timedelta(days)
    return int(day.replace(hour=12).astimezone(UTC).timestamp())


def test_yesterday_is_counted_from_the_question(served: Site) -> None:
    """`Yesterday`, `two days ago` and `last time` bring the calls of those days where the caller is, as of now."""
    caller, zone = "+12025550151", zone_at_noon()
    calls = {"conv_when_1": 1, "conv_when_2": 2, "conv_when_9": 9}
    hold(
        served,
        *(
            in_zone(transcription(id_, f"It hurts, day {days}.", caller=caller, at_s=ago(days, zone)), zone)
            for id_, days in calls.items()
        ),
    )

    assert conversations(served.search("What did I say yesterday?", caller)) == ["conv_when_1"]
    assert conversations(served.search("What happened two days ago?", caller)) == ["conv_when_2"]
    last = served.search("What did we talk about last time?", caller, agent_id=AGENT)
    assert conversations(last) == ["conv_when_1"]
    assert "for certain" not in last["summary"]
    assert conversations(served.search("Where did it hurt nine days ago?", caller))[0] == "conv_when_9"
    nobody_called = served.search("What did I say five days ago?", caller)
    assert nobody_called["memories"]
    assert conversations(nobody_called) == []
    assert nobody_called["summary"] == "Nothing that was found answers this for certain."


def test_caller_is_never_denied_what_nobody_looked_for(served: Site) -> None:
    """An allergy is found by other words, by keywords, or stands among what is told; it is never denied."""
    caller = "+12025550156"
    hold(served, transcription("conv_allergy", "I am allergic to latex.", "My bike is red.", caller=caller))

    for more in ({}, {"keywords": ["allergic", "reaction", "intolerance"]}, {"keywords": "Allergie, allergico"}):
        found = served.search("Any allergies?", caller, **more)
        assert found["memories"][0]["content"] == "I am allergic to latex.", more
        assert "latex" in found["summary"]
    unsure = served.search("Which medication does she take?", caller)
    assert {memory["content"] for memory in unsure["memories"]} >= {"I am allergic to latex.", "My bike is red."}
    assert unsure["summary"] == "Nothing that was found answers this for certain. Ask the caller."
    stranger = served.search("Any allergies?", "+12025550157")
    assert stranger["memories"] == []
    assert stranger["summary"] == "Nothing is known of this caller from earlier calls. Ask the caller."


def test_greeting_tells_the_callers_day(served: Site) -> None:
    """The variables of a call's start name the day on which the last call was for the caller."""
    caller = "+12025550152"
    at_s = int(datetime(2025, 11, 10, 4, 30, tzinfo=UTC).timestamp())
    body = transcription("conv_day", "Hello.", caller=caller, at_s=at_s, summary="A pain.", title="Pain")
    hold(served, in_zone(body, variable="America/New_York"))

    variables = served.call_start(caller, agent_id=AGENT)["dynamic_variables"]
    told = [variables[name] for name in ("user_profile_summary", "last_call_summary", "caller_history")]
    assert all("9 November 2025" in text for text in told), told


def test_conversation_says_who_is_calling(served: Site) -> None:
    """A search that names the conversation alone is answered for its caller, and one that names nothing for nobody."""
    caller = "+12025550153"
    hold(served, transcription("conv_who", "My parrot is called Zeppelin.", caller=caller, first_name="Ada"))

    found = served.search("parrot", None, conversation_id="conv_who")
    assert found["memories"][0]["content"] == "My parrot is called Zeppelin."
    assert found["profile"]["name"] == "Ada"
    alone = served.post("/webhook/search-data", json={"query": "parrot"}, headers={"x-api-key": SEARCH_DATA_KEY})
    assert (alone.status_code, alone.json()["memories"]) == (200, [])


def test_start_of_the_call_says_who_is_calling(served: Site) -> None:
    """A search that brings no number is answered for the caller with whom the call began, by any of its ids."""
    caller = "+12025550154"
    hold(served, transcription("conv_start", "My tortoise is called Turbo.", caller=caller))
    served.call_start(caller, agent_id=AGENT, call_sid="CA0154")
    served.call_start(caller, agent_id=AGENT, call_id="sip-0154", conversation_id="conv_running")

    for ids in ({"call_sid": "CA0154"}, {"call_sid": "sip-0154"}, {"conversation_id": "conv_running"}):
        found = served.search("tortoise", "anonymous", **ids)
        assert conversations(found) == ["conv_start"], ids
    assert served.search("tortoise", None, call_sid="CA0155")["memories"] == []


def test_agents_own_greeting_stays_where_we_have_none(served: Site) -> None:
    """A returning caller whom the agent's tool found to speak Thai is not greeted in English."""
    caller = "+12025550155"
    webhook = json.loads(transcription("conv_th", "สวัสดีค่ะ", caller=caller, language="en"))
    detected = {"result_type": "language_detection_success", "status": "success", "language": "th"}
    webhook["data"]["transcript"].append(
        {
            "role": "agent",
            "message": None,
            "tool_results": [
                {"tool_name": "language_detection", "is_error": False, "type": "system", "result": detected}
            ],
        }
    )
    hold(served, json.dumps(webhook).encode())

    start = served.call_start(caller, agent_id=AGENT)
    assert "conversation_config_override" not in start
    assert start["dynamic_variables"]["is_returning_caller"] is True
