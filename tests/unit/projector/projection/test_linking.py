"""A person who has written with a WhatsApp id and with the number behind it is one caller."""

import itertools
import json
from pathlib import Path

import pytest

from projector.read_side.export import export_caller
from projector.read_side.show import show_caller
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

BEN = "+12025550199"
ID = "US.13491208655302741918"
DAY_S = 24 * 60 * 60


def written(id_: str, words: str, *, day: int, phone: str | None = None, bsuid: str | None = ID) -> bytes:
    """Return a WhatsApp conversation of a day."""
    body = json.loads(transcription(id_, words, caller=None, at_s=NOON_S + day * DAY_S, fact=words))
    recipient = {"phone": phone, "bsuid": bsuid}
    body["data"]["metadata"]["whatsapp"] = {"whatsapp_user_id": bsuid or phone, "recipient": recipient}
    return json.dumps(body).encode()


BY_ID = written("conv_id", "By id.", day=1)
BY_BOTH = written("conv_both", "By both.", day=2, phone=MARTA[1:])
BY_NUMBER = written("conv_number", "By number.", day=3, phone=MARTA[1:], bsuid=None)
CALLED = transcription("conv_called", "I call.", at_s=NOON_S + 4 * DAY_S)
ID_LATER = written("conv_later", "By id again.", day=5)
EVENTS = {"id": BY_ID, "both": BY_BOTH, "number": BY_NUMBER, "called": CALLED, "id later": ID_LATER}


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOON_S
    return site


def counts(site: ProjectorSite, *callers: str) -> list[int]:
    """Return how often each caller has spoken with us."""
    with site.read_model() as read_model:
        views = [read_model.view(caller) for caller in callers]
    return [view.call_count if view else 0 for view in views]


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS))[::7], ids="-".join)
def test_both_are_one_in_any_order(site: ProjectorSite, order: tuple[str, ...]) -> None:
    """Whichever conversation comes first, all of them are the number's, live and replayed."""
    for name in order:
        site.hold(EVENTS[name])

    assert counts(site, MARTA, f"whatsapp:{ID}") == [5, 0]
    live = site.dump()
    assert site.replayed_dump() == live


def test_both_keys_show_and_export_the_same_caller(site: ProjectorSite) -> None:
    """Whoever looks a caller up by the id is told of the number's memories, and of every event that names the id."""
    site.hold(BY_ID, BY_BOTH, BY_NUMBER)
    with site.read_model() as read_model:
        by_id, by_number = (list(show_caller(read_model, key)) for key in (f"whatsapp:{ID}", MARTA))
        exports = [
            json.loads("".join(export_caller(read_model, site.log, key, region="US")))
            for key in (f"whatsapp:{ID}", MARTA)
        ]

    assert by_id == by_number
    assert by_id[1].startswith("3 calls")
    assert exports[0]["view"] == exports[1]["view"]
    assert exports[0]["memories"] == exports[1]["memories"]
    assert [[event["receipt"]["conversation_id"] for event in export["events"]] for export in exports] == [
        ["conv_id", "conv_both"],
        ["conv_id", "conv_both", "conv_number"],
    ]


def test_id_alone_is_a_caller(site: ProjectorSite) -> None:
    """Until a conversation names the number as well, the id is a caller of its own, and another id is another."""
    site.hold(BY_ID, BY_NUMBER, written("conv_other", "Other.", day=6, bsuid="US.2"))

    assert counts(site, MARTA, f"whatsapp:{ID}", "whatsapp:US.2") == [1, 1, 1]


def test_id_follows_the_newest_number(site: ProjectorSite) -> None:
    """If one id comes with two numbers, what was written with the id alone is the newest number's."""
    new = written("conv_new", "By the new number.", day=8, phone=BEN[1:])
    for events in ([BY_ID, BY_BOTH, new], [new, BY_ID, BY_BOTH]):
        site.hold(*events)
        assert counts(site, MARTA, BEN, f"whatsapp:{ID}") == [1, 2, 0]
    live = site.dump()
    assert site.replayed_dump() == live


def test_version_that_takes_the_number_back_parts_them(site: ProjectorSite) -> None:
    """If a newer version of the conversation that named both names another number, the id goes with that one."""
    site.hold(BY_ID, BY_BOTH)
    newer = json.loads(BY_BOTH)
    newer["event_timestamp"] = NOON_S + 9 * DAY_S
    newer["data"]["metadata"]["whatsapp"]["recipient"]["phone"] = BEN[1:]
    site.hold(json.dumps(newer).encode())

    assert counts(site, MARTA, BEN, f"whatsapp:{ID}") == [0, 2, 0]
    live = site.dump()
    assert site.replayed_dump() == live


def forget(site: ProjectorSite, caller: str) -> None:
    """Forget a caller, so that every later event is later than the request."""
    site.received_at_s = NOON_S + 30 * DAY_S
    site.forget(caller, at_s=NOON_S + 30 * DAY_S)
    site.received_at_s = NOON_S + 40 * DAY_S


def test_number_that_is_forgotten_takes_what_was_written_with_the_id(site: ProjectorSite) -> None:
    """Who is forgotten by the number is forgotten with all that was written with the id alone."""
    site.hold(BY_ID, BY_BOTH, CALLED, transcription("conv_ben", "I am Ben.", caller=BEN))
    forget(site, MARTA)

    assert counts(site, MARTA, f"whatsapp:{ID}", BEN) == [0, 0, 1]
    assert site.files_holding(MARTA[2:], ID, "By id", "By both", "I call") == []
    live = site.dump()
    assert site.replayed_dump() == live


def test_id_that_is_forgotten_leaves_the_rest_of_the_number(site: ProjectorSite) -> None:
    """Who is forgotten by the id is forgotten with what names the id."""
    site.hold(BY_ID, BY_BOTH, CALLED)
    forget(site, f"whatsapp:{ID}")

    assert counts(site, MARTA, f"whatsapp:{ID}") == [1, 0]
    assert site.files_holding(ID, "By id", "By both") == []
    live = site.dump()
    assert site.replayed_dump() == live


def test_request_covers_what_turns_out_to_be_the_numbers(site: ProjectorSite) -> None:
    """A conversation that came in before the request is covered though only a later one shows whose it is."""
    site.hold(BY_ID, CALLED)
    forget(site, MARTA)
    assert counts(site, MARTA, f"whatsapp:{ID}") == [0, 1]

    site.hold(written("conv_after", "By both, later.", day=39, phone=MARTA[1:]))

    assert counts(site, MARTA, f"whatsapp:{ID}") == [1, 0]
    assert site.files_holding("By id.") == []
    live = site.dump()
    assert site.replayed_dump() == live


@pytest.mark.parametrize("is_late", [True, False])
def test_link_that_is_forgotten_links_nothing_more(site: ProjectorSite, is_late: bool) -> None:
    """Once the conversation that named both is erased, nothing is left that says who the id is."""
    after = written("conv_after", "By id, later.", day=39)
    site.hold(BY_BOTH, *([] if is_late else [BY_ID]))
    forget(site, "conversation:conv_both")
    site.hold(after)

    assert counts(site, MARTA, f"whatsapp:{ID}") == [0, 1 if is_late else 2]
    live = site.dump()
    assert site.replayed_dump() == live
    assert site.files_holding(MARTA[2:]) == []
