"""Questions become vectors in one thread, once each, and nobody waits for long."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from projector.engines.meaning.questions import Questions
from projector.errors import MeaningError
from tests.support.encoders import StandIn
from tests.support.waiting import PATIENCE_S, wait_until


def soon_s() -> float:
    """Return a deadline that nothing misses."""
    return time.monotonic() + PATIENCE_S


@contextmanager
def ready(encoder: StandIn) -> Iterator[Questions]:
    """Yield questions whose encoder is loaded."""
    with closing(Questions(lambda: encoder)) as questions:
        questions.prepare()
        wait_until(lambda: questions.encoder is not None, describe=lambda: questions.why_not)
        yield questions


def test_question_is_computed_once() -> None:
    """The same question asked again, also while the first is under way, costs nothing."""
    with ready(StandIn()) as questions:
        encoder = questions.encoder
        assert isinstance(encoder, StandIn)
        begun = [questions.begin("any allergies?", until_s=soon_s()) for _ in range(3)]
        vectors = [questions.vector(each, until_s=soon_s()) for each in begun]

        assert all(vector is vectors[0] for vector in vectors)
        assert encoder.encoded.count("any allergies?") == 1


def test_latest_are_kept_and_no_more() -> None:
    """However many questions are asked, memory does not grow without end."""
    with ready(StandIn()) as questions:
        for number in range(1100):
            questions.vector(questions.begin(f"question {number}", until_s=soon_s()), until_s=soon_s())
        encoder = questions.encoder
        assert isinstance(encoder, StandIn)
        questions.vector(questions.begin("question 1099", until_s=soon_s()), until_s=soon_s())
        questions.vector(questions.begin("question 0", until_s=soon_s()), until_s=soon_s())

        assert encoder.encoded.count("question 1099") == 1
        assert encoder.encoded.count("question 0") == 2


class Slow(StandIn):
    """Once it is held up, it turns nothing into a vector until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def question(self, text: str):  # type: ignore[no-untyped-def]
        assert self.may_go_on.wait(PATIENCE_S)
        return super().question(text)


def test_question_is_begun_for_whoever_waits_longest() -> None:
    """Who asks what another one asks already gets the vector by an own deadline, whoever asked first."""
    encoder = Slow()
    with ready(encoder) as questions:
        encoder.may_go_on.clear()
        slow = questions.begin("slow", until_s=soon_s())
        until_s = [time.monotonic() + 0.01, soon_s(), time.monotonic() + 0.01]
        begun = [questions.begin("any allergies?", until_s=each) for each in until_s]
        wait_until(lambda: time.monotonic() > max(until_s[0], until_s[2]))
        encoder.may_go_on.set()

        assert questions.vector(slow, until_s=soon_s()) is not None
        assert all(questions.vector(each, until_s=soon_s()) is not None for each in begun)
        assert encoder.encoded.count("any allergies?") == 1


def test_late_question_is_not_waited_for_nor_computed() -> None:
    """Behind a slow question others are late; what nobody waits for is not computed, and can be asked again."""
    encoder = Slow()
    with ready(encoder) as questions:
        encoder.may_go_on.clear()
        slow = questions.begin("slow", until_s=soon_s())
        late = questions.begin("late", until_s=time.monotonic() + 0.01)

        assert questions.vector(late, until_s=time.monotonic() + 0.01) is None
        assert questions.late == 1
        encoder.may_go_on.set()
        assert questions.vector(slow, until_s=soon_s()) is not None
        assert questions.vector(late, until_s=soon_s()) is None
        assert "late" not in encoder.encoded
        assert questions.vector(questions.begin("late", until_s=soon_s()), until_s=soon_s()) is not None


def test_encoder_that_cannot_be_loaded_is_said() -> None:
    """Until it is loaded, and where it cannot be, there is none, and the reason is there."""

    def load() -> StandIn:
        raise MeaningError("it is not installed")

    with closing(Questions(load)) as questions:
        assert questions.why_not == "the model is being loaded"
        questions.prepare()
        wait_until(lambda: questions.why_not == "it is not installed", describe=lambda: questions.why_not)
        assert questions.encoder is None


def test_encoder_that_turns_no_question_into_a_vector_is_not_used() -> None:
    """A model that loads and then fails is none, and the reason is said; what it says may hold anything."""

    class Broken(StandIn):
        def question(self, text: str):  # type: ignore[no-untyped-def]
            raise RuntimeError(text)

    with closing(Questions(Broken)) as questions:
        questions.prepare()
        wait_until(lambda: questions.why_not != "the model is being loaded", describe=lambda: questions.why_not)
        assert questions.encoder is None
        assert questions.why_not == "the model turns no question into a vector: RuntimeError"


def test_encoder_that_fails_is_answered_by_words() -> None:
    """Whatever an encoder raises for one question, that question has no vector, and the next one has."""

    class Failing(StandIn):
        def question(self, text: str):  # type: ignore[no-untyped-def]
            if text == "bad":
                raise ValueError(text)
            return super().question(text)

    with ready(Failing()) as questions:
        assert questions.vector(questions.begin("bad", until_s=soon_s()), until_s=soon_s()) is None
        assert questions.vector(questions.begin("good", until_s=soon_s()), until_s=soon_s()) is not None
