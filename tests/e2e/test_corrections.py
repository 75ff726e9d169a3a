"""What persons correct, by the command and over HTTP: appended, folded, told, listed, undone."""

import json
from typing import Any

import pytest

from tests.support.samples import AGENT, AGENT_LINE, MARTA, NOON_S, transcription
from tests.support.servers import Site

pytestmark = [pytest.mark.server, pytest.mark.slow]

OFFICE, ADMIN_KEY = "+12025550144", "key-admin"


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation that Marta called from two numbers; no model was asked."""
    site = Site(tmp_path_factory.mktemp("site"), ADMIN_KEY=ADMIN_KEY)
    calls = [
        transcription("conv_1", "Hello.", at_s=NOON_S, agent=AGENT, user_name="Martha", insurance="Delta"),
        transcription("conv_2", "Hello again.", at_s=NOON_S + 60, agent=AGENT, caller=OFFICE, insurance="Cigna"),
    ]
    with site.ingress():
        for call in calls:
            assert site.post_call(call).status_code == 200
    site.run("projector", "--once")
    return site


def variables(site: Site, caller: str = MARTA) -> dict[str, Any]:
    """Return what an agent is told at the start of a call."""
    found: dict[str, Any] = site.call_start(caller, agent_id=AGENT)["dynamic_variables"]
    return found


def corrected(site: Site, caller: str, status: int = 200, **body: Any) -> Any:
    """Post a correction, and return its position; fold it."""
    headers = {"X-Api-Key": ADMIN_KEY}
    answer = site.post(f"/callers/{caller}/corrections", json=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status != 200:
        return answer.json()["message"]
    site.run("projector", "--once")
    return answer.json()["data"]["position"]


def test_corrections_over_http(site: Site) -> None:
    """Each correction counts once it is folded, is listed with who and why, and can be undone by its position."""
    with site.ingress():
        position = corrected(
            site, MARTA, action="correct", attribute="name", value="Marta Lindqvist", by="Ada", why="asked"
        )
        assert variables(site)["caller_name"] == "Marta Lindqvist"
        corrected(site, MARTA, action="correct", attribute="insurance", value="Aetna")
        assert "Aetna" in variables(site)["caller_brief"]
        assert "Delta" not in variables(site)["caller_brief"]
        corrected(site, MARTA, action="merge", other=OFFICE)
        assert variables(site, OFFICE)["call_count"] == 2
        assert variables(site, OFFICE)["caller_name"] == "Marta Lindqvist"
        corrected(site, OFFICE, action="split")
        assert variables(site, OFFICE)["call_count"] == 1
        corrected(site, OFFICE, action="optout", all=True)
        assert not variables(site, OFFICE)["is_returning_caller"]
        corrected(site, MARTA, action="undo", position=position)
        assert variables(site)["caller_name"] == "Martha"
        listed = site.get(f"/callers/{MARTA}/corrections", headers={"X-Api-Key": ADMIN_KEY}).json()
    assert [each["correction"]["action"] for each in listed] == ["correct", "correct", "merge", "undo"]
    assert [each["is_undone"] for each in listed] == [True, False, False, False]
    assert (listed[0]["correction"]["by"], listed[0]["correction"]["why"]) == ("Ada", "asked")
    assert listed[0]["position"] == position


def test_what_corrects_nothing_is_refused(site: Site) -> None:
    """A key is asked for first; what is not known, or no correction, is refused, and nothing is appended."""
    before = len(site.events())
    with site.ingress():
        assert site.post(f"/callers/{MARTA}/corrections", json={"action": "optout"}).status_code == 401
        refused: list[dict[str, Any]] = [
            {"action": "correct", "attribute": "role", "value": "admin"},
            {"action": "merge", "other": "conversation:conv_1"},
            {"action": "merge", "other": AGENT_LINE},
            {"action": "undo", "position": 2**70},
            {"action": "correct", "attribute": "name", "value": "Eva", "person": 7},
            {"action": "correct", "attribute": "name", "value": " "},
            {"action": "drop", "memory_id": "nothing"},
            {"action": "merge", "other": MARTA},
            {"action": "merge", "other": "nobody"},
            {"action": "split", "other": OFFICE},
            {"action": "undo", "position": 1},
            {"action": "delete"},
            {"position": 1},
        ]
        for body in refused:
            assert corrected(site, MARTA, 400, **body)
        assert "no memory" in corrected(site, OFFICE, 400, action="drop", memory_id=memory_of(site, "Delta"))
        headers = {"X-Api-Key": ADMIN_KEY}
        assert site.post(f"/callers/{MARTA}", json={"action": "optout"}, headers=headers).status_code == 404
        assert site.request("DELETE", f"/callers/{MARTA}/corrections", headers=headers).status_code == 404
    assert len(site.events()) == before


def memory_of(site: Site, words: str) -> str:
    memories = json.loads(site.run("projector", "export", MARTA).stdout)["memories"]
    return str(next(memory["id"] for memory in memories if words in memory["text"]))


def test_drop_takes_back_what_was_collected(site: Site) -> None:
    """A wrong value that an agent collected is no memory any more, without any model; the one before it is so again."""
    with site.ingress():
        site.post_call(transcription("conv_3", "Hm.", at_s=NOON_S + 120, agent=AGENT, insurance="Oscar"))
        site.run("projector", "--once")
        assert "Oscar" in variables(site)["caller_brief"]
        made = site.run("projector", "drop", memory_of(site, "Oscar"), "--by", "Ada").stdout
        site.run("projector", "--once")
        assert "Oscar" not in json.dumps(variables(site))
        assert "Delta" in variables(site)["caller_brief"]
        site.run("projector", "drop", "--undo", made.rsplit(maxsplit=1)[-1])
        site.run("projector", "--once")
        assert "Oscar" in variables(site)["caller_brief"]


def test_commands_merge_split_and_opt_out(site: Site) -> None:
    """The commands do the same, `show` lists it, and a caller can be corrected before the first call."""
    site.run("projector", "merge", MARTA, OFFICE, "--by", "Ada")
    site.run("projector", "--once")
    shown = site.run("projector", "show", OFFICE).stdout
    assert f"Also known as {OFFICE}" in shown
    assert f"merge with {OFFICE}" in shown
    assert MARTA in site.run("projector", "callers", "--search", OFFICE).stdout
    asked = site.run("projector", "forget", OFFICE, check=False).stderr
    assert f"What {MARTA}, the same person, said in other calls stays." in asked
    events = json.loads(site.run("projector", "export", OFFICE).stdout)["events"]
    assert {"conv_1", "conv_2"} <= {event["receipt"]["conversation_id"] for event in events}
    site.run("projector", "split", MARTA, OFFICE)
    made = site.run("projector", "optout", MARTA).stdout
    site.run("projector", "optout", MARTA, "--undo", made.rsplit(maxsplit=1)[-1])
    site.run("projector", "--once")
    assert "Also known as" not in site.run("projector", "show", MARTA).stdout
    assert site.run("projector", "split", MARTA, OFFICE, check=False).returncode == 2
    assert site.run("projector", "merge", MARTA, check=False).returncode == 2
    stranger = Site(site.folder / "new")
    (site.folder / "new").mkdir()
    assert stranger.run("projector", "correct", MARTA, "name=Marta").returncode == 0
