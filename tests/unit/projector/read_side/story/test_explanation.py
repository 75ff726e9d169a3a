"""Where a memory comes from, and what proves it."""

from pathlib import Path

import pytest

from events.log.ours.correction import Correction, append_correction
from events.wire.shared_secrets import Secrets
from events.wire.signature import sign
from projector.domain.memories import Memory
from projector.read_side.story.explanation import Explanation, explain
from tests.support.extractions import extraction
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60
SECRET = "wsec_of_this_test_alone"


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site without an event."""
    return ProjectorSite(tmp_path)


def memories(site: ProjectorSite, **wanted: object) -> list[Memory]:
    """Return Marta's memories with these values of their fields, in the order of the calls."""
    with site.read_model() as read_model:
        return [
            memory
            for memory in read_model.all_memories(MARTA)
            if all(getattr(memory, name) == value for name, value in wanted.items())
        ]


def explained(site: ProjectorSite, memory_id: str, *secrets: str) -> Explanation:
    with site.read_model() as read_model:
        found = explain(read_model, site.log, memory_id, Secrets(secrets))
    assert found is not None
    return found


def test_turn_leads_to_its_event_and_its_second(site: ProjectorSite) -> None:
    """What was said has its turn, its second, the agent's question, and the event whose body is as the receipt says."""
    site.hold(transcription("conv_0", "Hello."), transcription("conv_1", "Hello.", "My son is 3."))
    (memory,) = memories(site, conversation_id="conv_1", key="3")
    found = explained(site, memory.id)

    assert (found.memory.source.words, found.turn, found.second) == ("My son is 3.", 3, 15)
    assert found.memory.source.asked == "Question 1?"
    proof = found.proof
    assert proof is not None
    assert proof.receipt is not None
    assert (proof.receipt.position, proof.receipt.conversation_id) == (2, "conv_1")
    assert (proof.is_whole, proof.is_chained, proof.signature) == (True, True, "none")


def test_value_names_what_it_superseded_and_what_said_it_again(site: ProjectorSite) -> None:
    """Of Lund, lund, Oslo, each value has the one before and after it, and those that are the same."""
    for number, city in enumerate(("Lund", "lund", "Oslo")):
        site.hold(transcription(f"conv_{number}", f"I live in {city}.", at_s=NOON_S + number * DAY_S, city=city))
    lund, again, oslo = memories(site, kind="collected")

    first, second, third = (explained(site, one.id) for one in (lund, again, oslo))
    assert (first.superseded, first.superseded_by) == (None, oslo)
    assert (first.said_again, second.said_before) == ((again,), (lund,))
    assert (third.superseded, third.superseded_by) == (again, None)
    assert (third.turn, third.second) == (1, 5)  # where `Oslo` was said


def test_value_whose_words_nobody_said_has_no_second(site: ProjectorSite) -> None:
    """A value that the caller said in other words comes from its call, and from no second of it."""
    site.hold(transcription("conv_1", "I cannot eat peanuts.", allergies="nuts"))
    (memory,) = memories(site, kind="collected")
    found = explained(site, memory.id)
    assert (found.turn, found.second) == (None, None)


def test_signature_is_checked_where_there_is_a_secret(site: ProjectorSite) -> None:
    """A webhook's signature is verified whenever it came; with another secret it is wrong, without one not checked."""
    body = transcription("conv_1", "Hello.")
    site.log.append(body, source="webhook", signature=sign(body, SECRET, timestamp_s=NOON_S))
    site.catch_up()
    (memory,) = memories(site, kind="turn")

    def signature(*secrets: str) -> str:
        proof = explained(site, memory.id, *secrets).proof
        assert proof is not None
        return proof.signature

    assert [signature(SECRET), signature("another", SECRET), signature("another"), signature()] == [
        "verified",
        "verified",
        "wrong",
        "not checked",
    ]


def test_body_that_was_changed_proves_nothing(site: ProjectorSite) -> None:
    """A file that does not match its receipt any more, and one that is gone, are said to."""
    site.hold(transcription("conv_1", "Hello."))
    (memory,) = memories(site, kind="turn")
    (path,) = site.folders[0].glob("conv_1/*.json")
    for change in (lambda: path.write_bytes(path.read_bytes().replace(b"Hello", b"Hallo")), path.unlink):
        change()
        proof = explained(site, memory.id).proof
        assert proof is not None
        assert not proof.is_whole
        assert proof.error


def test_memory_of_a_forgotten_caller_is_not_explained(site: ProjectorSite) -> None:
    """Once its caller is forgotten, a memory has no explanation; neither has an id that never was."""
    site.hold(transcription("conv_1", "Hello."))
    (memory,) = memories(site, kind="turn")
    site.forget(at_s=NOON_S + 100.0)
    with site.read_model() as read_model:
        assert explain(read_model, site.log, memory.id, Secrets()) is None
        assert explain(read_model, site.log, "none", Secrets()) is None


def test_what_many_calls_show_has_no_event(site: ProjectorSite) -> None:
    """A pattern over calls is explained as that."""
    site.hold(*[transcription(f"conv_{n}", "Hello.", at_s=NOON_S + n * DAY_S) for n in range(4)])
    (memory, *_) = memories(site, kind="pattern")
    assert explained(site, memory.id).proof is None


def test_fact_leads_to_each_of_its_calls(site: ProjectorSite) -> None:
    """A fact that two calls proved has the words and the receipt of each, and names what it superseded."""
    for number, said in enumerate(("I'm with Delta.", "I'm with Cigna now.", "I'm with Cigna now.")):
        body = transcription(f"conv_{number}", said, at_s=NOON_S + number * DAY_S)
        site.append(body)
        site.append(extraction(body), source="extraction")
    site.catch_up()
    delta, cigna = sorted(memories(site, kind="fact"), key=lambda memory: memory.occurred_at_s)
    found = explained(site, cigna.id)

    assert [each.source.conversation_id for each in found.sources] == ["conv_1", "conv_2"]
    for each, position in zip(found.sources, (3, 5), strict=True):
        assert each.proof is not None
        assert each.proof.receipt is not None
        assert (each.proof.receipt.position, each.proof.is_whole) == (position, True)
    assert (found.superseded, found.superseded_by, found.proof) == (delta, None, None)
    assert explained(site, delta.id).superseded_by == cigna


def test_fact_that_a_person_corrected_names_no_call(site: ProjectorSite) -> None:
    """A value that a person said is proven by no call; what it took the place of is named."""
    body = transcription("conv_0", "I'm with Delta.", at_s=NOON_S)
    site.append(body)
    site.append(extraction(body), source="extraction")
    correction = Correction(caller=MARTA, action="correct", attribute="insurance", value="Cigna")
    append_correction(site.log, correction, clock_s=lambda: NOON_S + DAY_S)
    site.catch_up()
    delta, cigna = sorted(memories(site, kind="fact"), key=lambda memory: memory.occurred_at_s)
    found = explained(site, cigna.id)

    assert [(each.source.kind, each.proof) for each in found.sources] == [("operator", None)]
    assert found.superseded == delta


def test_several_values_at_a_time_supersede_nothing(site: ProjectorSite) -> None:
    """Of an attribute of which several values can be so, one that ends makes none that begins its successor."""
    for number, said in enumerate(("I like tea.", "I can't have nuts.")):
        body = transcription(f"conv_{number}", said, at_s=NOON_S + number * DAY_S)
        site.append(body)
        site.append(extraction(body), source="extraction")
    site.catch_up()

    for memory in memories(site, kind="fact"):
        found = explained(site, memory.id)
        assert (found.superseded, found.superseded_by) == (None, None)
