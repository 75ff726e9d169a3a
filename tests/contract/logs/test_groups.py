"""Bodies published as a group are appended as if alone, each with its own outcome."""

from events.log.draft import DraftedBody
from events.log.protocol import EventLog
from events.log.receipt import Receipt
from tests.support.logs import CALL, LATER, OTHER, SIGNATURE, append, assert_in_order, bodies, events
from tests.support.samples import transcription

GROUP = [transcription(f"conv_{number}", "hello") for number in range(10, 15)]


def publish(log: EventLog, *given: bytes) -> list[Receipt]:
    """Publish bodies as one group, all of which become events."""
    group = [DraftedBody(log.draft(), "webhook", SIGNATURE) for _ in given]
    for member, body in zip(group, given, strict=True):
        member.draft.write(body)
    outcomes = log.publish_all(group)
    for member in group:
        member.draft.discard()
    assert len(outcomes) == len(given)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    return [outcome for outcome in outcomes if isinstance(outcome, Receipt)]


def test_group_is_appended_in_its_order(log: EventLog) -> None:
    """Each body of a group gets its receipt, in the order in which the bodies were given."""
    assert publish(log) == []
    append(log, OTHER)
    receipts = publish(log, *GROUP)
    assert receipts == [event.receipt for event in events(log)[1:]]
    assert {(receipt.source, receipt.signature) for receipt in receipts} == {("webhook", SIGNATURE)}
    assert bodies(log) == [OTHER, *GROUP]
    assert_in_order(log, 6)


def test_same_bytes_in_one_group_are_one_event(log: EventLog) -> None:
    """The same bytes twice in a group, or already in the log, have one receipt, and each publisher gets it."""
    (known,) = append(log, OTHER)
    receipts = publish(log, CALL, OTHER, CALL, LATER, CALL)
    assert [receipt.position for receipt in receipts] == [2, 1, 2, 3, 2]
    assert receipts[1] == known
    assert receipts[0] == receipts[2] == receipts[4]
    assert bodies(log) == [OTHER, CALL, LATER]
    assert_in_order(log, 3)


def test_versions_in_one_group_are_all_kept(log: EventLog) -> None:
    """Different bytes of one name in a group are all kept, each under a path of its own."""
    receipts = publish(log, CALL, LATER)
    assert len({receipt.path for receipt in receipts}) == 2
    assert bodies(log) == [CALL, LATER]
    assert publish(log, LATER, CALL) == receipts[::-1]


def test_long_bodies_may_be_in_a_group(log: EventLog) -> None:
    """Bodies that were too long for memory before their group was formed are appended with it."""
    long = [transcription(f"conv_long_{number}", "x" * 2_000_000) for number in range(2)]
    receipts = publish(log, GROUP[0], long[0], GROUP[1], long[1])
    assert [receipt.position for receipt in receipts] == [1, 2, 3, 4]
    assert bodies(log) == [GROUP[0], long[0], GROUP[1], long[1]]


def test_group_of_the_largest_size_is_appended(log: EventLog) -> None:
    """A log takes groups of the size for which it asks, and asks for what can be formed."""
    limits = log.group_limits
    assert min(limits.threads, limits.share, limits.bodies_max) >= 1
    given = [transcription(f"conv_{number}", "hello") for number in range(limits.bodies_max)]
    publish(log, *given)
    assert bodies(log) == given
    assert_in_order(log, limits.bodies_max)
