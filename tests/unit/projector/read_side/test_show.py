"""A caller as one would like to read them before a call."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from events.log.receipt import Receipt
from events.wire.webhooks import PostCallTranscription
from projector.domain.calls import call_of
from projector.domain.fold import FoldSettings, fold
from projector.domain.redaction.redaction import RedactionSettings, redact
from projector.read_model.checksums import memory_row
from projector.read_model.records import MissedCall
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.tables.callers import Callers
from projector.read_model.sqlite.tables.calls import Calls
from projector.read_model.sqlite.tables.memories import Memories
from projector.read_side.show import show_caller
from tests.support.read_models import empty_database
from tests.support.samples import MARTA, NOON_S, transcription

DAY_S = 24 * 60 * 60


class Shown:
    """A read model with one caller in it, as far as a person is shown."""

    def __init__(self, database: Database) -> None:
        self._read_model = SqliteReadModel(database)
        self._calls, self._callers, self._memories = Calls(database), Callers(database), Memories(database)

    def calls(self, *bodies: bytes) -> None:
        """Fold the calls of one caller."""
        receipt = Receipt(
            position=1,
            received_at=datetime(2026, 1, 1, tzinfo=UTC),
            kind="transcription",
            conversation_id=None,
            path="",
            sha256="",
            size=0,
            source="webhook",
        )
        calls = [
            redact(
                call_of(msgspec.json.decode(body, type=PostCallTranscription), receipt, region="US"),
                RedactionSettings(),
            )
            for body in bodies
        ]
        folded = fold(calls, FoldSettings())
        self._memories.insert([memory_row(m, msgspec.json.encode(m)) for m in folded.memories])
        self._callers.put(folded.view.caller, msgspec.json.encode(folded.view))

    def missed(self, conversation_id: str, reason: str, at_s: int = NOON_S) -> None:
        """Note a call to the caller that did not come about."""
        self._calls.put_missed(MissedCall(conversation_id, at_s, reason), MARTA, sha256="")

    def lines(self, caller: str = MARTA) -> list[str]:
        """Return what is shown of a caller."""
        return list(show_caller(self._read_model, caller))


@pytest.fixture
def shown() -> Iterator[Shown]:
    """An empty read model."""
    with empty_database() as database:
        yield Shown(database)


def test_shows_nothing_of_a_stranger(shown: Shown) -> None:
    """Of a caller who is not known there is not one line, also while others are known."""
    shown.calls(transcription("conv_1", "Hello."))

    assert shown.lines("+12025550144") == []


def test_shows_a_caller_to_a_person(shown: Shown) -> None:
    """A caller is shown with name, calls, facts with their sources, what was superseded, and missed calls."""
    shown.calls(
        transcription(
            "conv_1", "Hello.", "My son is 3.", at_s=NOON_S, summary="They spoke.", user_name="Marta", son_age=3
        ),
        transcription("conv_2", "My son is 4.", at_s=NOON_S + DAY_S, summary="He is 4.", language="de", son_age=4),
    )
    shown.missed("conv_3", "no-answer", NOON_S + 2 * DAY_S)

    assert shown.lines() == [
        "Marta (+12025550143)",
        "2 calls, since 12 November 2025, last in de",
        "",
        "Facts",
        "  Son age: 4  [conv_2, 13 November 2025]",
        "  User name: Marta  [conv_1, 12 November 2025]",
        "",
        "Superseded",
        "  Son age: 3  [conv_1]",
        "",
        "Calls",
        "  2025-11-12T12:00:00Z  conv_1",
        "    They spoke.  (2 things said)",
        "  2025-11-13T12:00:00Z  conv_2",
        "    He is 4.  (1 thing said)",
        "Not reached  2025-11-14T12:00:00Z  no-answer  conv_3",
    ]


def test_shows_what_was_told_again_once(shown: Shown) -> None:
    """A fact that was told again is no fact that was superseded."""
    shown.calls(*[transcription(f"conv_{number}", at_s=NOON_S + number, user_name="Marta") for number in range(3)])

    assert "  User name: Marta  [conv_2, 12 November 2025]" in shown.lines()
    assert "Superseded" not in shown.lines()


def test_shows_what_was_removed(shown: Shown) -> None:
    """Where numbers were removed, a person reads of what kinds they were, and not the numbers."""
    shown.calls(
        transcription("conv_1", "4111 1111 1111 1111, 123", "536-90-4399", summary="They paid.", card=4111111111111111)
    )

    assert "    They paid.  (2 things said, without: card, security code, ssn)" in shown.lines()
    assert "  Card: [card number removed]  [conv_1, 12 November 2025]" in shown.lines()


def test_shows_one_call_as_one(shown: Shown) -> None:
    """One call and one thing said are in the singular, no thing in the plural."""
    shown.calls(transcription("conv_1", "Hello.", summary="They spoke."), transcription("conv_2", summary="Silence."))

    assert shown.lines()[1] == "1 call, since 12 November 2025, last in en"
    assert "    They spoke.  (1 thing said)" in shown.lines()
    assert "    Silence.  (0 things said)" in shown.lines()


def test_shows_only_what_is_known(shown: Shown) -> None:
    """Where neither name nor time nor language is known, none is made up, and no heading stands alone."""
    shown.calls(transcription("conv_1", "Hello.", at_s=None, language=None))

    assert shown.lines() == [
        "Name not known (+12025550143)",
        "1 call",
        "",
        "Calls",
        "  time not known  conv_1",
        "    no summary  (1 thing said)",
    ]


def test_shows_who_never_spoke(shown: Shown) -> None:
    """A caller who never said a word is shown as one, with what was collected all the same."""
    shown.calls(transcription("conv_1", None, at_s=None, city="Lund"))

    assert shown.lines() == [
        "Name not known (+12025550143)",
        "Has not spoken with us yet",
        "",
        "Facts",
        "  City: Lund  [conv_1]",
    ]


def test_shows_who_was_never_reached(shown: Shown) -> None:
    """Of whom we only tried to reach, the attempts are shown, oldest first."""
    shown.missed("conv_2", "busy", NOON_S + DAY_S)
    shown.missed("conv_1", "no-answer", 0)

    assert shown.lines() == [
        "Not reached  time not known  no-answer  conv_1",
        "Not reached  2025-11-13T12:00:00Z  busy  conv_2",
    ]


def test_shows_calls_in_their_order(shown: Shown) -> None:
    """Calls are shown oldest first, each once, also where they overlapped."""
    shown.calls(
        transcription("conv_b", "Hello.", "Hello.", at_s=NOON_S),
        transcription("conv_a", "Hello.", "Hello.", at_s=NOON_S + 7),
    )

    assert [line.split("  ")[-1] for line in shown.lines() if line.startswith("  2025")] == ["conv_b", "conv_a"]


def test_shows_no_date_that_cannot_be_told(shown: Shown) -> None:
    """A call beyond all calendars, for instance in milliseconds, leaves no line with a gap."""
    shown.calls(transcription("conv_1", "Hello.", at_s=NOON_S * 1000, language=None))

    assert shown.lines()[1] == "1 call"


def test_shows_nothing_that_a_terminal_obeys(shown: Shown) -> None:
    """Whatever a caller said, each line is one line, of characters that can be printed."""
    hostile = "Marta\x1b[2J\r\n\u202e\x00\x9b31m"
    shown.calls(transcription("conv_1", hostile, summary=hostile, user_name=hostile, language=hostile))
    shown.missed("conv_2", hostile)

    assert all(line.isprintable() for line in shown.lines())
    assert shown.lines()[0] == "Marta?[2J?????31m (+12025550143)"
