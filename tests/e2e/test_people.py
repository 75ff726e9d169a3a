"""Two people on one phone: what an agent is told, from the webhooks to the answers."""

from pathlib import Path

import pytest

from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.servers import Site

DAY_S = 24 * 60 * 60
MARTA_CALLS = transcription(
    "conv_1", "I am Marta Lindqvist.", first_name="Marta", last_name="Lindqvist", date_of_birth="1980-05-01"
)
JONAS_CALLS = transcription("conv_2", "This is Jonas.", at_s=NOON_S + DAY_S, first_name="Jonas", last_name="N/A")
MARTA_AGAIN = transcription("conv_3", "It is Marta.", at_s=NOON_S + 2 * DAY_S, first_name="Martha")


def learned(site: Site, *bodies: bytes) -> None:
    for body in bodies:
        assert site.post_call(body).status_code == 200
    site.run("projector", "--once")


@pytest.mark.server
def test_tells_nobody_what_another_one_on_that_phone_said(tmp_path: Path) -> None:
    """Jonas is not greeted as Lindqvist, and Marta's date of birth is told as hers, in no profile of his."""
    site = Site(tmp_path)
    with site.ingress():
        learned(site, MARTA_CALLS, JONAS_CALLS)
        said = site.call_start(MARTA)["dynamic_variables"]
        found = site.search("date of birth", MARTA)

    assert said["greeting"] == "Welcome back, Jonas! How can I help you today?"
    assert said["caller_name"] == found["profile"]["name"] == "Jonas"
    assert "1980" not in str(said)
    assert found["profile"]["facts"] == {"first_name": {"value": "Jonas", "said_at": "2025-11-13T12:00:00Z"}}
    assert found["profile"]["facts_flat"] == {"first_name": "Jonas"}
    born = next(each for each in found["memories"] if "1980-05-01" in each["content"])
    assert (born["content"], born["said_by"]) == (
        "Said by Marta Lindqvist: Date of birth: 1980-05-01",
        "Marta Lindqvist",
    )
    assert found["summary"].startswith("Said by Marta Lindqvist: Date of birth, said on 12 November 2025: 1980-05-01.")


@pytest.mark.server
def test_greets_nobody_by_name_while_two_alternate(tmp_path: Path) -> None:
    """Once Marta calls again, the next caller is greeted without a name, and without anybody's facts."""
    site = Site(tmp_path)
    with site.ingress():
        learned(site, MARTA_CALLS, JONAS_CALLS, MARTA_AGAIN)
        answer = site.call_start(MARTA)
        found = site.search("date of birth", MARTA)

    greeting = "Welcome back! How can I help you today?"
    assert answer["dynamic_variables"]["greeting"] == greeting
    assert answer["conversation_config_override"]["agent"]["first_message"] == greeting
    assert answer["dynamic_variables"]["user_name"] == found["profile"]["name"] == ""
    assert found["profile"]["facts"] == {}
    assert any(each["content"] == "Said by Martha Lindqvist: Date of birth: 1980-05-01" for each in found["memories"])
