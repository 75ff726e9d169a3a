"""Whatever callers said, an agent's text is short, on one line, and no template."""

import unicodedata
from collections.abc import Callable, Sequence

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingress.wording.cleaning import SUMMARY_CHARS_MAX, clean, shorten
from ingress.wording.found import found_summary
from ingress.wording.phrases import caller_history, caller_preferences, last_call_summary, profile_summary
from projector.domain.memories import CallerView, Fact, FormerValue, Memory, PastCall, Source
from tests.support.samples import MARTA

# Source: Unicode's `Bidi_Control` property, the characters that change the direction of text.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
pieces = st.sampled_from(
    (
        *("{", "}", "{{", "}}", "{{ name }}", " ", "  ", "\n", "\t", "\x00", "\x1b", "\x85", "\u2028", "\ufeff"),
        *(". ", "! ", "? ", ".", "…", ",", ":", ";", '"', "'", "word", "W" * 90, "Ã¤", "👩‍👩‍👧", "שלום"),
        *sorted(BIDI_CONTROLS),
    )
)
texts = st.one_of(st.lists(pieces, max_size=30).map("".join), st.text(max_size=100))
caps = st.integers(1, 120)
times = st.sampled_from((0, 1, 1_762_948_800, 253_402_300_799))
agents = st.sampled_from((None, "agent_a", "agent_b"))
facts = st.builds(
    Fact,
    id=texts,
    label=texts,
    value=texts,
    is_preference=st.booleans(),
    conversation_id=st.just("conv_1"),
    agent_id=agents,
    occurred_at_s=times,
    told_to=agents,
    weight=st.sampled_from((0.7, 0.9, 0.95, 1.0)),
    before=st.lists(st.builds(FormerValue, texts, times, times), max_size=3).map(tuple),
)
past_calls = st.builds(
    PastCall,
    conversation_id=st.just("conv_1"),
    agent_id=agents,
    occurred_at_s=times,
    direction=st.none(),
    title=texts,
    summary=texts,
)
views = st.builds(
    CallerView,
    caller=st.just(MARTA),
    name=texts,
    given_name=texts,
    language=st.none(),
    call_count=st.integers(0, 10**6),
    first_call_at_s=times,
    last_call_at_s=times,
    facts=st.lists(facts, max_size=4).map(tuple),
    past_calls=st.lists(past_calls, max_size=4).map(tuple),
)
memories = st.builds(
    Memory,
    id=texts,
    caller=st.just(MARTA),
    kind=st.sampled_from(("collected", "summary", "turn", "pattern")),
    key=texts,
    is_current=st.booleans(),
    sector=st.just("episodic"),
    salience=st.just(0.5),
    text=texts,
    conversation_id=st.just("conv_1"),
    agent_id=agents,
    told_to=agents,
    occurred_at_s=times,
    source=st.builds(Source, words=texts),
)


def is_speakable(text: str) -> bool:
    return (
        not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in BIDI_CONTROLS for char in text)
        and "{{" not in text
        and "}}" not in text
    )


@settings(max_examples=200)
@given(text=texts, chars_max=caps)
@example(text="{}}{{}}{", chars_max=10)
@example(text="{\x00{", chars_max=10)
def test_clean_text_can_be_spoken(text: str, chars_max: int) -> None:
    """Clean text has no control characters, no template braces, no line breaks, and no more than the cap."""
    cleaned = clean(text, chars_max)

    assert is_speakable(cleaned)
    assert len(cleaned) <= chars_max


@settings(max_examples=200)
@given(text=texts, chars_max=caps)
@example(text="a {{ b", chars_max=10)
def test_clean_text_stays_as_it_is(text: str, chars_max: int) -> None:
    """Cleaning clean text changes nothing, so it may be cleaned more than once."""
    cleaned = clean(text, chars_max)

    assert clean(cleaned, chars_max) == cleaned


@settings(max_examples=100)
@given(
    text=st.text(alphabet=st.characters(categories=["L", "N", "P"]), max_size=50).filter(
        lambda t: "{" not in t and "}" not in t
    )
)
def test_clean_words_are_left_alone(text: str) -> None:
    """Letters, digits and punctuation of any script stay as they are."""
    assert clean(text, 50) == text


@settings(max_examples=200)
@given(text=texts, chars_max=caps)
def test_short_text_is_the_beginning_of_the_text(text: str, chars_max: int) -> None:
    """Shortened text is the beginning of the text, with an ellipsis where a sentence was cut."""
    short = shorten(text, chars_max)

    assert len(short) <= chars_max
    assert text.startswith((short, short.removesuffix("…")))
    assert short == text or short.endswith((".", "!", "?", "…"))


SUMMARIES: dict[str, Callable[[CallerView, str | None, Sequence[Memory]], str]] = {
    "profile": lambda view, agent_id, _: profile_summary(view, agent_id),
    "profile with what was before": lambda view, agent_id, _: profile_summary(view, agent_id, asks_before=True),
    "last call": lambda view, agent_id, _: last_call_summary(view, agent_id),
    "history": lambda view, agent_id, _: caller_history(view, agent_id),
    "preferences": lambda view, agent_id, _: caller_preferences(view, agent_id),
    "found": lambda view, _, found: found_summary(found, view.facts),
    "found with what was before": lambda view, _, found: found_summary(found, view.facts, asks_before=True),
}


@pytest.mark.parametrize("summary", SUMMARIES.values(), ids=SUMMARIES)
@settings(max_examples=100)
@given(view=views, agent_id=agents, found=st.lists(memories, max_size=3))
def test_summary_can_be_spoken(
    summary: Callable[[CallerView, str | None, Sequence[Memory]], str],
    view: CallerView,
    agent_id: str | None,
    found: list[Memory],
) -> None:
    """Every summary is at most 300 speakable characters, whatever a caller's names, facts and words are."""
    text = summary(view, agent_id, found)

    assert len(text) <= SUMMARY_CHARS_MAX
    assert is_speakable(text)


@pytest.mark.parametrize("summary", SUMMARIES.values(), ids=SUMMARIES)
@settings(max_examples=100)
@given(view=views, agent_id=agents, found=st.lists(memories, max_size=3))
def test_summary_ends_like_a_sentence(
    summary: Callable[[CallerView, str | None, Sequence[Memory]], str],
    view: CallerView,
    agent_id: str | None,
    found: list[Memory],
) -> None:
    """Every summary is empty or ends like a sentence, because the agent goes on speaking after it."""
    text = summary(view, agent_id, found)

    assert not text or text.endswith((".", "!", "?", "…"))


@settings(max_examples=100)
@given(found=memories)
def test_quote_cannot_be_left(found: Memory) -> None:
    """A quote holds only the two marks that enclose it, and ends with the second, whatever words are in it."""
    text = found_summary([msgspec.structs.replace(found, kind="turn")])

    assert text.count('"') == 2
    assert text.endswith('".')


@settings(max_examples=100)
@given(view=views, agent_id=st.sampled_from(("agent_a", "agent_b")))
def test_agent_is_never_told_of_the_calls_of_another(view: CallerView, agent_id: str) -> None:
    """An agent's text about past calls is the same as if other agents' calls did not exist."""
    own = tuple(call for call in view.past_calls if call.agent_id == agent_id)
    without = msgspec.structs.replace(view, past_calls=own)

    assert last_call_summary(view, agent_id) == last_call_summary(without, agent_id)
    assert caller_history(view, agent_id) == caller_history(without, agent_id)
