"""A request names a person by any key of any release, and finds every call in which that person took part."""

import json
from pathlib import Path
from typing import Any

import pytest

from events.log.erasure_request import request_erasure
from events.wire.caller import caller_key
from projector.read_side.export import export_caller, is_known
from tests.support.samples import AGENT_LINE, MARTA, transcription
from tests.support.sites import ProjectorSite

BEN = "+12025550199"
NOW_S = 1_800_000_000
OLD_S = NOW_S - 1000
HEX = "0f9c1d2e3b4a5968778695a4b3c2d1e0"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site where Ben has called."""
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOW_S - 10
    site.hold(transcription("conv_ben", "A walrusk7.", caller=BEN, at_s=OLD_S))
    return site


def call(id_: str, number: str | None, *, user_id: str | None = None, **metadata: Any) -> bytes:
    body = json.loads(transcription(id_, "My zebrak7.", caller=number, user_id=user_id, at_s=OLD_S))
    body["data"]["metadata"] |= metadata
    return json.dumps(body).encode()


def group() -> bytes:
    body = json.loads(call("conv_1", None, user_id="room"))
    body["data"]["transcript"] = [
        {"role": "user", "message": f"My zebrak7 {who}.", "user_identifier": who} for who in ("U1", "U2")
    ]
    return json.dumps(body).encode()


NAMED: dict[str, tuple[bytes, str]] = {
    "an old spelling, by the old": (call("conv_1", "+5215587654321"), "+5215587654321"),
    "an old spelling, by the new": (call("conv_1", "+5215587654321"), "+525587654321"),
    "a new spelling, by the old": (call("conv_1", "+541123456789"), "5491123456789"),
    "a withheld number": (call("conv_1", "+10000000000"), "0000000000"),
    "a withheld number with a user's id": (call("conv_1", "0000000000", user_id="+10000000000"), "+10000000000"),
    "a short code": (call("conv_1", "24273"), "24273"),
    "too many digits": (call("conv_1", "+12345678901234567"), "12345678901234567"),
    "an extension": (call("conv_1", "tel:+12025550143;ext=44"), "+12025550143;ext=44"),
    "a widget's visitor": (call("conv_1", None, user_id=HEX, conversation_initiation_source="widget"), f"user:{HEX}"),
    "a writer in a group": (group(), "user:U2"),
    "the room of a group": (group(), "user:room"),
    "another party of a call": (call("conv_1", MARTA, user_id="shop/42"), "user:shop/42"),
    "a number in an id": (call("conv_1", None, user_id="+12025550143"), MARTA),
}


def exported(site: ProjectorSite, caller: str) -> list[str]:
    with site.read_model() as read_model:
        document = json.loads("".join(export_caller(read_model, site.log, caller, region="US")))
        assert is_known(read_model, site.log, caller, region="US") == bool(document["events"])
    return [event["receipt"]["conversation_id"] for event in document["events"]]


@pytest.mark.parametrize(("body", "typed"), NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("is_late", [False, True], ids=["before", "late"])
def test_whoever_is_named_is_exported_and_forgotten(
    site: ProjectorSite, body: bytes, typed: str, is_late: bool
) -> None:
    """Every party of a call can have it exported and erased, however named, also if it comes after the request."""
    caller = caller_key(typed)
    assert caller is not None
    if not is_late:
        site.hold(body)
        assert exported(site, caller) == ["conv_1"]

    site.forget(caller, at_s=NOW_S)
    site.received_at_s = NOW_S + 100
    if is_late:
        site.hold(body)

    assert exported(site, caller) == []
    assert site.files_holding("zebrak7") == []
    assert len(site.files_holding("walrusk7")) > 1
    live = site.dump()
    assert site.replayed_dump() == live
    assert site.files_holding("zebrak7") == []


@pytest.mark.parametrize(
    ("old_key", "number"),
    [
        ("+5215587654321", "+525587654321"),
        ("+5491123456789", "+541123456789"),
        ("+551187654321", "+5511987654321"),
        ("+22507123456", "+2250707123456"),
        ("+22997123456", "+2290197123456"),
        ("+10000000000", "0000000000"),
    ],
)
def test_request_of_an_earlier_release_is_still_obeyed(site: ProjectorSite, old_key: str, number: str) -> None:
    """A request that was hashed over another key of the same line covers its calls, in whatever spelling they come."""
    site.hold(call("conv_1", number), call("conv_2", old_key))
    request_erasure(site.log, old_key, clock_s=lambda: NOW_S)  # as that release made it: the key as it was
    site.received_at_s = NOW_S + 100
    site.catch_up()
    site.hold(call("conv_late", number))

    assert site.files_holding("zebrak7") == []
    assert site.replayed_dump() == site.dump()
    assert site.errors() == []


@pytest.mark.parametrize("typed", [AGENT_LINE, "2025550", "00000000000", "user:shop", "user:U", "+120255501435"])
def test_nobody_else_is_found(site: ProjectorSite, typed: str) -> None:
    """The agent's line is no party, and other digits, or a part of an id, are nobody in these calls."""
    site.hold(call("conv_1", MARTA, user_id="shop/42"), call("conv_2", "0000000000"), call("conv_3", "24273"))
    caller = caller_key(typed)
    assert caller is not None

    assert exported(site, caller) == []
    assert site.forget(caller, at_s=NOW_S).conversations == ()
