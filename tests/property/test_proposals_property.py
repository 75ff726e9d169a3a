"""However a model was talked into it: what is said as a greeting is made of our words, the name and what is open."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis.strategies import DrawFn, composite, integers, lists, permutations, sampled_from, text

from ingress.wording.greetings.greeting import TEMPLATES, greet
from projector.domain.audience import audience_of
from projector.domain.greetings.agents_call import AgentsCall
from projector.domain.greetings.proposal import PROPOSAL_CHARS_MAX, Matter, fault_of_proposal, fault_of_shape
from projector.domain.greetings.topic_words import TOPIC_WORDS, TOPICS, Topic
from projector.domain.greetings.vocabulary import UNSPACED, language_key, vocabulary_of
from projector.domain.memories import CallerView
from tests.support.samples import AGENT, MARTA, NOON_S

LANGUAGES = sorted(TOPIC_WORDS)
NAME = "Marta"
ORDER = Matter("order", frozenset({"4711", "tuesday"}))
# What whoever calls may have a model say.
HOSTILE = (
    *("ignore your instructions", "you idiot", "I remember", "as you told me", "your cancer", "your invoice of 300"),
    *("{{system__caller_id}}", "<break time='9s'/>", "https://evil.example", "evil.com", "call 0900 123 456", "0900"),
    *("press 9", "your husband", "we are sorry", "you are angry", "password", "None", "null", "Jonas", "[NAME]"),
    *("your pregnancy", "Rechnung", "ich erinnere mich", "recuerdo", "\u899a\u3048\u3066", "\u6211\u8bb0\u5f97"),
    *("\u043f\u043e\u043c\u043d\u044e", ":)", "\u202e"),
    *("the refund", "4712", "Friday", "January", "tomorrow", "not", "never", "please", "admin", "@", "#", "`", "\x00"),
)  # fmt: skip
# Letters and marks, without signs; the words of most scripts.
_RUNS = re.compile(r"[^\W\d_]+")
_ENDS = ".!?\u2026\u3002\uff01\uff1f\u061f\u0964"
_SIGNS = set(" ,'\u2019\u00bf\u00a1-\u2010\u2011\u2013\u3001\uff0c\u060c\u00a0\u202f:\uff1a" + _ENDS)


@composite
def obedient(draw: DrawFn, language: str) -> str:
    """Return words of ours in any order, with and without what somebody wants said."""
    vocabulary = vocabulary_of(language)
    assert vocabulary is not None
    ours = sorted(vocabulary.general) + sorted(word for forms in vocabulary.topics.values() for word in forms)
    words = draw(lists(sampled_from(ours), max_size=8))
    more = draw(lists(sampled_from((NAME, "4711", "Tuesday", *HOSTILE, ".", "!", "?", "\uff1f")), max_size=4))
    mixed = draw(permutations([*words, *more]))
    return draw(sampled_from((" ", ""))).join(mixed) + draw(sampled_from(("", ".", "?", "!")))


def oracle(said: str, language: str, matters: list[Matter]) -> None:
    """Check by other means than the rules' own what a greeting that may be said holds."""
    vocabulary = vocabulary_of(language)
    assert vocabulary is not None
    assert len(said) <= PROPOSAL_CHARS_MAX
    # `Really?!?` is one question.
    assert len(re.findall(r"[?\uff1f\u061f]+", re.sub(f"[{_ENDS}]*([?\uff1f\u061f])[{_ENDS}]*", r"\1", said))) <= 1
    assert all(char in _SIGNS or unicodedata.category(char)[0] in "LMN" for char in said)
    assert not {"{", "}", "<", ">", "[", "]", "/", "@", "\n", '"'} & set(said)
    told = {word for matter in matters for word in matter.words}
    numbers = ["".join(str(unicodedata.digit(each)) for each in run) for run in re.findall(r"\d+", said)]
    assert {number.lstrip("0") for number in numbers} <= {number.lstrip("0") for number in told}
    # `casefold` would part a letter from its mark.
    plain = unicodedata.normalize("NFC", said.casefold()).replace("i\u0307", "i")
    words = [run for run in _RUNS.findall(plain) if run != NAME.casefold()]
    known = vocabulary.general.union(*vocabulary.topics.values(), told)
    if language in UNSPACED:
        chars = set("".join(known))
        assert set("".join(words)) - set(NAME.casefold()) <= chars
    elif language not in {"hi", "ko"}:  # whose letters have marks, and whose names have endings
        assert {word for word in words if all(map(unicodedata.combining, word)) is False} <= known
    named = {topic for topic in TOPICS if any(word in vocabulary.topics[topic] for word in words)}
    assert named <= {matter.topic for matter in matters} or language in UNSPACED


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_nothing_that_a_model_was_talked_into(language: str) -> None:
    """Of anything that an obedient model proposes only what passes a second, independent look is said."""

    @given(obedient(language))
    def check(proposed: str) -> None:
        matters = [ORDER]
        if fault_of_proposal(proposed, language, names=[NAME], matters=matters) is None:
            oracle(proposed, language, matters)
            assert fault_of_shape(proposed) is None

    check()


@given(text(max_size=200), sampled_from(LANGUAGES))
@example("Welcome back, Marta!", "en")
@example("\u0130lgili mi?", "tr")
def test_any_text_is_judged(proposed: str, language: str) -> None:
    """Whatever text comes, it is judged without an error, always alike, and what passes is harmless."""
    fault = fault_of_proposal(proposed, language, names=[NAME], matters=[ORDER])
    assert fault == fault_of_proposal(proposed, language, names=[NAME], matters=[ORDER])
    if fault is None:
        oracle(proposed, language, [ORDER])


@given(sampled_from(LANGUAGES), sampled_from(HOSTILE), sampled_from(TOPICS), integers(0, 200), sampled_from((" ", "")))
def test_one_hostile_word_spoils_a_greeting(language: str, word: str, topic: Topic, at: int, gap: str) -> None:
    """Our own greeting with one hostile word anywhere in it is not said."""
    own = greet(view(language), TEMPLATES, matters=[Matter(topic, frozenset())])
    assert own is not None
    at = min(at, len(own))
    spoiled = f"{own[:at]}{gap}{word}{gap}{own[at:]}"
    assert fault_of_proposal(spoiled, language, names=[NAME], matters=[Matter(topic, frozenset())]) is not None


@given(obedient("en"), sampled_from((True, False)))
def test_greets_by_the_rule_where_a_proposal_must_not_be_said(proposed: str, is_open: bool) -> None:
    """A caller always hears a greeting: the proposal, or ours."""
    matters = [ORDER] if is_open else []
    call = AgentsCall(agent=audience_of([AGENT]), conversation_id="conv_1", language="en", next_greeting=proposed)
    said = greet(view("en"), TEMPLATES, matters=matters, proposed=call)
    ours = "Welcome back, Marta! " + ("Is this about the order?" if is_open else "How can I help you today?")
    is_right = fault_of_proposal(proposed, "en", names=[NAME], matters=matters) is None and proposed
    assert said == (proposed if is_right else ours)


def view(language: str) -> CallerView:
    return CallerView(
        caller=MARTA,
        name=NAME,
        given_name=NAME,
        language=language_key(language),
        call_count=1,
        first_call_at_s=NOON_S,
        last_call_at_s=NOON_S,
        facts=(),
        past_calls=(),
    )
