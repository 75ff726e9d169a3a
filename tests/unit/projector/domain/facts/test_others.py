"""What other people have is never the caller's: in lower case, given and received, in nine languages and Japanese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.recall.corpora import phone
from projector.domain.facts.validation.people import people_words, verb_words
from projector.domain.facts.validation.people.whose import is_of_another
from tests.support.sentences import Taught, of_callers, of_others
from tests.unit.projector.domain.facts.test_validate import reason, said, stated


def _why(each: Taught) -> str:
    call = said("agent: ?", f"caller: {each.words}", language=each.language)
    is_denied = any(word in each.words for word in ("can't", "doesn't", "verträgt keine", "no puede"))
    content = f"No {each.value}." if is_denied else f"{each.value}."
    quote = each.words.rstrip(".。")
    item = stated(attribute=each.attribute, value=each.value, content=content, quote=quote, sensitive="none")
    return reason(call, item)


def test_nothing_of_others_is_told_as_the_callers() -> None:
    """Of sentences about a mother, a boy, tim or the lady next door none tells something of the caller."""
    sentences = of_others()
    assert len(sentences) >= 120
    assert [each.words for each in sentences if _why(each) != "other_person"] == []


def test_what_is_the_callers_stays_theirs() -> None:
    """Who is given something has it, and who is only mentioned takes nothing away."""
    sentences = of_callers()
    assert len(sentences) >= 120
    assert [(each.words, _why(each)) for each in sentences if _why(each)] == []


@pytest.mark.parametrize(
    ("mine", "others", "language"),
    [
        ("my mother gave me warfarin", "my mother takes warfarin", "en"),
        ("meine Mutter gab mir warfarin", "meine Mutter nimmt warfarin", "de"),
        ("mi madre me dio warfarin", "mi madre toma warfarin", "es"),
        ("ma mère m'a donné du warfarin", "ma mère prend du warfarin", "fr"),
        ("mia madre mi ha dato il warfarin", "mia madre prende il warfarin", "it"),
        ("mijn moeder gaf me warfarin", "mijn moeder slikt warfarin", "nl"),
        ("moja mama dała mi warfarin", "moja mama bierze warfarin", "pl"),
        ("minha mãe me deu warfarin", "minha mãe toma warfarin", "pt"),
        ("min mamma gav mig warfarin", "min mamma tar warfarin", "sv"),
    ],
)
def test_who_receives_has_it(mine: str, others: str, language: str) -> None:
    """It is not who is named that has something, but who takes it."""
    assert not is_of_another("medication", "warfarin", mine, language, frozenset())
    assert is_of_another("medication", "warfarin", others, language, frozenset())


@pytest.mark.parametrize("name", ["marta", "lindqvist"])
def test_caller_may_speak_of_themselves_by_their_name(name: str) -> None:
    """Who says their own name in lower case speaks of nobody else."""
    assert not is_of_another("allergy", "nuts", f"{name} is allergic to nuts", "en", frozenset({"marta", "lindqvist"}))
    assert is_of_another("allergy", "nuts", "tim is allergic to nuts", "en", frozenset({"marta", "lindqvist"}))


_LANGUAGES = ["de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "sv", "xx"]
_WORDS = st.sampled_from(
    sorted(
        {
            *(word for room in (people_words, verb_words) for kind in vars(room).values() if isinstance(kind, frozenset)
              for word in kind),
            *(word for kinds in (verb_words.ANY_VERBS, verb_words.THIRD_VERBS, verb_words.COPULAS)
              for kind in kinds.values() for word in kind),
            *("tim", "warfarin", ",", ".", "tim's", "母に"),
        }
    )
)  # fmt: skip


@given(
    said_words=st.lists(_WORDS, min_size=1, max_size=12),
    value=st.lists(_WORDS, min_size=1, max_size=2),
    attribute=st.sampled_from(["medication", "allergy", "name", "address", "occupation", "preference", "interest"]),
    language=st.sampled_from(_LANGUAGES),
)
def test_any_words_are_judged(said_words: list[str], value: list[str], attribute: str, language: str) -> None:
    """No order of words stops the projector: that would set the whole call aside."""
    clause = " ".join(said_words)
    assert is_of_another(attribute, " ".join(value), clause, language, frozenset({"ana"})) in {True, False}


def test_real_turns_are_judged() -> None:
    """Each turn of the phone calls is judged for each of its words."""
    for call in phone.load().calls:
        for turn in call.turns:
            for word in turn.words.split()[:20]:
                is_of_another("condition", word, turn.words, call.language, frozenset())
