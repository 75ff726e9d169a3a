"""What of a model's answer counts, and why the rest does not."""

import random
from collections import Counter
from typing import Any

import msgspec
import pytest

from bench.recall.corpora.conversations import Call as SpokenCall
from bench.recall.corpora.conversations import SpokenTurn
from projector.domain.calls import Call
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.statement import Statement, Validated
from projector.domain.facts.validation.validate import validated
from tests.support.gold import call_of, gold_facts, poisons_of
from tests.support.samples import MARTA, NOON_S

REGISTRY = Registry()


def said(*turns: str, language: str = "en") -> Call:
    """Return a call of some turns; each begins with `agent: ` or `caller: `."""
    spoken = tuple(SpokenTurn(role == "caller", text) for role, _, text in (turn.partition(": ") for turn in turns))
    return call_of(
        SpokenCall(
            conversation_id="conv_1", caller=MARTA, agent_id="agent_1", at_s=NOON_S, language=language, turns=spoken
        )
    )


def stated(**changed: Any) -> dict[str, Any]:
    """Return a statement as a model makes it."""
    return {
        "reason": "She says so.",
        "category": "factual",
        "about": "caller",
        "attribute": "allergy",
        "value": "penicillin",
        "content": "The caller is allergic to penicillin.",
        "status": "current",
        "valid_from": None,
        "valid_to": None,
        "importance": 8,
        "confidence": 0.9,
        "quote": "I'm allergic to penicillin",
        "turn": 1,
        "confirms_turn": None,
        "sensitive": "health",
    } | changed


def judged(call: Call, *items: Any) -> Validated:
    return validated(msgspec.json.encode({"memories": items}), call, REGISTRY)


def reason(call: Call, item: Any) -> str:
    """Return why a statement does not count; empty where it does."""
    found = judged(call, item)
    return found.rejected[0].reason if found.rejected else ""


ALLERGIC = said("agent: Any allergies?", "caller: Well, um, I'm allergic to penicillin, since I was 12.")


def test_keeps_what_a_call_teaches() -> None:
    """Of the gold facts of all phone callers, in two wordings and seven languages, nothing is rejected."""
    why = Counter[str]()
    gold = gold_facts()
    for spoken, fact in gold:
        for wording in (0, 1):
            why.update(judged(call_of(spoken), fact.statement(wording)).counts())
    assert sum(why.values()) <= 0.01 * 2 * len(gold), why


def test_keeps_no_poison() -> None:
    """A wrong quote, another number, another turn, the agent's words, an example, an order, a name: none counts."""
    kept = [
        (poison, item)
        for spoken, item, poison in poisons_of(random.Random(17), 700)
        if not judged(call_of(spoken), item).rejected
    ]
    assert kept == []


def test_quote_becomes_the_turns_own_words() -> None:
    """The words that are kept are those of the turn, and not those of the model."""
    kept = judged(ALLERGIC, stated(quote="i'm alergic to penicillin ... 12")).statements
    assert [statement.quote for statement in kept] == ["I'm allergic to penicillin, since I was 12"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"category": "gossip"}, "out_of_range"),
        ({"status": "maybe"}, "out_of_range"),
        ({"importance": 11}, "out_of_range"),
        ({"importance": 0}, "out_of_range"),
        ({"importance": "high"}, "undecodable"),
        ({"confidence": 1.2}, "out_of_range"),
        ({"sensitive": "secret"}, "out_of_range"),
        ({"valid_from": "last week"}, "out_of_range"),
        ({"valid_from": "2025-02-30"}, "out_of_range"),
        ({"value": ""}, "out_of_range"),
        ({"value": " "}, "out_of_range"),
        ({"turn": -1}, "out_of_range"),
        ({"turn": 7}, "no_such_turn"),
        ({"turn": 0}, "no_such_turn"),
        ({"attribute": "role"}, "unknown_attribute"),
        ({"attribute": "permission"}, "unknown_attribute"),
        ({"attribute": "other:Role"}, "unknown_attribute"),
        ({"attribute": "other:"}, "unknown_attribute"),
        ({"content": "x" * 301}, "too_long"),
        ({"quote": "I'm allergic to amoxicillin"}, "quote_not_found"),
        ({"quote": "I'm not allergic to penicillin"}, "quote_not_found"),
        ({"quote": "since I was 13"}, "quote_not_found"),
        ({"quote": "Any allergies?"}, "quote_not_found"),
        ({"content": "The caller is not allergic to penicillin."}, "polarity"),
        ({"content": "The caller has been allergic to penicillin since 2012."}, "other_number"),
        ({"content": "Margaret is allergic to penicillin."}, "other_name"),
        ({"content": "The caller, Bob Miller, is allergic to penicillin."}, "other_name"),
        ({"content": "Allergic to penicillin; write to a@b.example."}, "other_address"),
        ({"value": "peanuts"}, "unsupported"),
        ({"about": "Bob"}, "other_person"),
        ({"about": "her mother"}, "other_person"),
        ({"confirms_turn": 1}, "no_such_turn"),
        ({"content": "The caller is allergic to penicillin {{system}}."}, "markup"),
        ({"content": "The caller is allergic to penicillin, see www.evil.example."}, "link"),
        ({"content": "The caller is an administrator allergic to penicillin."}, "order"),
        ({}, ""),
        ({"attribute": "other:drug_allergy"}, ""),
        ({"content": "Allergic to penicillin."}, ""),
    ],
)
def test_says_why_a_statement_does_not_count(changed: dict[str, Any], expected: str) -> None:
    """Each rule has its reason, and the statements beside it count."""
    assert reason(ALLERGIC, stated(**changed)) == expected
    beside = judged(ALLERGIC, stated(**changed), stated())
    assert isinstance(beside.statements[-1], Statement)


@pytest.mark.parametrize(
    ("words", "content", "language", "expected"),
    [
        ("I'm not allergic to penicillin.", "The caller is allergic to penicillin.", "en", "polarity"),
        ("I'm not allergic to penicillin.", "The caller is not allergic to penicillin.", "en", ""),
        ("I'm allergic to penicillin, not to latex.", "The caller is allergic to penicillin.", "en", ""),
        ("No, but I'm allergic to penicillin.", "The caller is allergic to penicillin.", "en", ""),
        (
            "Gegen Penicillin bin ich nicht allergisch.",
            "Der Anrufer ist gegen Penicillin allergisch.",
            "de",
            "polarity",
        ),
        ("Gegen Penicillin bin ich allergisch.", "Der Anrufer ist gegen Penicillin allergisch.", "de", ""),
        ("A la penicilina no soy alérgico.", "El cliente es alérgico a la penicilina.", "es", "polarity"),
        ("A la penicilina no, pero al polen sí.", "El cliente es alérgico a la penicilina.", "es", "polarity"),
        ("Je ne suis pas allergique à la pénicilline.", "Le client est allergique à la pénicilline.", "fr", "polarity"),
        ("Non sono allergica alla penicillina.", "La cliente è allergica alla penicillina.", "it", "polarity"),
        ("Ik ben niet allergisch voor penicilline.", "De klant is allergisch voor penicilline.", "nl", "polarity"),
        ("Nie mam uczulenia na penicylinę.", "Klient ma uczulenie na penicylinę.", "pl", "polarity"),
        ("Não sou alérgica à penicilina.", "A cliente é alérgica à penicilina.", "pt", "polarity"),
        ("Jag är inte allergisk mot penicillin.", "Kunden är allergisk mot penicillin.", "sv", "polarity"),
    ],
)
def test_contrary_does_not_count(words: str, content: str, language: str, expected: str) -> None:
    """What the caller denies is not remembered as so, and what they say is not remembered as denied."""
    call = said("agent: ?", f"caller: {words}", language=language)
    value = next(word.strip(".,") for word in words.split() if word.lower().startswith(("peni", "péni")))
    assert reason(call, stated(quote=words, content=content, value=value)) == expected


def test_number_may_be_told_in_words_and_written_in_digits() -> None:
    """A number counts in whatever form it was told, digit by digit as well."""
    call = said("agent: Your account?", "caller: Eight eight one, two two six, oh five, for a hundred and ten people.")
    item = stated(attribute="account", sensitive="none", quote="Eight eight one, two two six, oh five")
    assert reason(call, item | {"value": "88122605", "content": "The caller's account is 88122605."}) == ""
    assert reason(call, item | {"value": "88122650", "content": "The caller's account is 88122650."}) == "other_number"
    assert reason(call, item | {"value": "8812260", "content": "The caller's account is 8812260."}) == "other_number"


def test_yes_proves_what_the_agent_asked() -> None:
    """A caller who only says yes confirms the agent's words; who says no does not."""
    item = stated(value="amoxicillin", content="The caller is allergic to amoxicillin.", confirms_turn=0)
    yes = said("agent: Are you allergic to amoxicillin?", "caller: Yes, I am.")
    no = said("agent: Are you allergic to amoxicillin?", "caller: No, I'm not.")
    assert reason(yes, item | {"quote": "Yes, I am"}) == ""
    assert reason(no, item | {"quote": "No, I'm not"}) == "polarity"
    assert reason(yes, item | {"quote": "Yes, I am", "confirms_turn": 1}) == "no_such_turn"


def test_promise_is_the_agents() -> None:
    """A promise is quoted from the agent's turn; what a caller says is none."""
    call = said("caller: My bill is wrong, I'll pay tomorrow.", "agent: I'll take 50 pounds off.")
    item = stated(category="promise", attribute="promise", sensitive="none")
    ours = {
        "value": "take 50 pounds off",
        "content": "The garage will take 50 pounds off.",
        "quote": "take 50 pounds off",
    }
    theirs = {
        "value": "pay tomorrow",
        "content": "The caller will pay tomorrow.",
        "quote": "I'll pay tomorrow",
        "turn": 0,
    }
    assert reason(call, item | ours) == ""
    assert reason(call, item | theirs) == "no_such_turn"


def test_answer_may_be_a_text() -> None:
    """A model that puts its object into a text, fenced or not, is read; prose and refusals are rejected whole."""
    answer = msgspec.json.encode({"memories": [stated()]}).decode()
    for text in (answer, f"```json\n{answer}\n```"):
        assert len(validated(msgspec.json.encode(text), ALLERGIC, REGISTRY).statements) == 1
    for body in (b"", b"{", b"[]", b'"I am sorry, I cannot do that."', b'{"memories": {}}', b"[" * 100_000, b"\xff"):
        assert validated(body, ALLERGIC, REGISTRY).counts() == {"undecodable": 1}


def test_takes_thirty_statements() -> None:
    """The thirty-first statement of an answer does not count, whatever it says."""
    found = judged(ALLERGIC, *[stated()] * 35)
    assert len(found.statements) == 30
    assert found.counts() == {"too_many": 5}


@pytest.mark.parametrize(
    ("words", "quote", "value", "language", "expected"),
    [
        ("My daughter Ana is allergic to nuts.", "allergic to nuts", "nuts", "en", "other_person"),
        ("My son says I'm allergic to nuts.", "allergic to nuts", "nuts", "en", ""),
        ("I'm allergic to nuts, my daughter isn't.", "I'm allergic to nuts", "nuts", "en", ""),
        ("Meine Tochter ist gegen Nüsse allergisch.", "gegen Nüsse allergisch", "Nüsse", "de", "other_person"),
        ("Ich bin gegen Nüsse allergisch.", "gegen Nüsse allergisch", "Nüsse", "de", ""),
        ("Mi hijo es alérgico al huevo.", "alérgico al huevo", "huevo", "es", "other_person"),
        ("Ma fille est allergique au lait.", "allergique au lait", "lait", "fr", "other_person"),
        ("Moja córka ma uczulenie na mleko.", "uczulenie na mleko", "mleko", "pl", "other_person"),
    ],
)
def test_what_others_have_is_not_the_callers(words: str, quote: str, value: str, language: str, expected: str) -> None:
    """An allergy of the caller's daughter does not count as the caller's, and does as the daughter's."""
    call = said("agent: ?", f"caller: {words}", language=language)
    assert reason(call, stated(quote=quote, content=value, value=value)) == expected


def test_agents_words_prove_promises_alone() -> None:
    """Whatever a model calls a promise: words of the agent never become what a caller is called or has."""
    call = said("agent: I put you down as Robert. I will call you on Monday.", "caller: Bye.")
    item = stated(category="promise", quote="I put you down as Robert", turn=0, value="Robert", content="It is Robert.")
    (statement,) = judged(call, item | {"attribute": "name"}).statements
    assert (statement.category, statement.attribute) == ("promise", "promise")


@pytest.mark.parametrize(
    ("words", "item", "expected"),
    [
        ("I'm calling for Mrs. Hansen.", {"attribute": "name", "value": "Hansen"}, "other_person"),
        ("Hello Lisa, this is Ben.", {"attribute": "name", "value": "Lisa"}, "other_person"),
        ("Hello Lisa, this is Ben.", {"attribute": "name", "value": "Ben"}, ""),
        ("Hi, Tom here.", {"attribute": "name", "value": "Tom"}, ""),
        ("She is allergic to latex.", {"value": "latex"}, "other_person"),
        ("My dog is allergic to chicken.", {"value": "chicken"}, "other_person"),
        ("What if I had diabetes?", {"attribute": "condition", "value": "diabetes"}, "polarity"),
        ("I stopped taking aspirin.", {"attribute": "medication", "value": "aspirin"}, "polarity"),
        ("I hate mornings.", {"attribute": "preference", "value": "mornings"}, "polarity"),
    ],
)
def test_words_of_others_and_of_the_contrary_are_not_the_callers(
    words: str, item: dict[str, Any], expected: str
) -> None:
    """Whom one greets or calls for, what a pet has, what is only supposed, stopped or hated is not so of the caller."""
    call = said("agent: I'm Lisa from Bright Dental.", f"caller: {words}")
    content = f"The caller has {item['value']}."
    assert reason(call, stated(quote=words, content=content, sensitive="none", **item)) == expected


@pytest.mark.parametrize(
    ("answer", "language", "is_kept"),
    [
        ("I'll think about it.", "en", False),
        ("That's wrong.", "en", False),
        ("Maybe.", "en", False),
        ("Sounds good.", "en", True),
        ("Uh-huh.", "en", True),
        ("Gold it is.", "en", True),
        ("Das überlege ich mir.", "de", False),
        ("Ja, machen wir.", "de", True),
        ("はい、お願いします。", "ja", True),
        ("さあ。", "ja", False),
        ("Možná.", "cs", False),
        ("Talán.", "hu", True),  # whose words for yes we do not know
    ],
)
@pytest.mark.parametrize("confirms_turn", [0, None])
def test_offer_that_is_not_taken_proves_nothing(
    answer: str, language: str, is_kept: bool, confirms_turn: int | None
) -> None:
    """Words that the agent said alone count where the caller says yes, whether or not the model says that it is one."""
    call = said("agent: Take the Gold plan for 30 euros?", f"caller: {answer}", language=language)
    item = stated(
        attribute="subscription",
        value="Gold plan",
        content="The caller has the Gold plan.",
        quote=answer,
        confirms_turn=confirms_turn,
        sensitive="none",
    )
    assert (reason(call, item) == "") == is_kept


def test_sentence_speaks_of_what_is_proven() -> None:
    """A true value does not carry a sentence about something else to other agents."""
    call = said("agent: Hello.", "caller: I like tea.")
    item = stated(attribute="interest", value="tea", quote="I like tea", sensitive="none")
    assert reason(call, item | {"content": "The caller was abusive before."}) == "unsupported"
    assert reason(call, item | {"content": "The caller drinks tea."}) == ""


def test_content_may_name_the_thing_or_us() -> None:
    """A sentence may begin with `We`, or with what the registry calls the attribute, without that being a name."""
    call = said("agent: I will call you back tomorrow at 9.", "caller: Fine. I'm allergic to nuts.")
    promise = stated(
        category="promise",
        attribute="promise",
        value="call back tomorrow at 9",
        content="We will call back tomorrow at 9.",
        quote="I will call you back tomorrow at 9",
        turn=0,
        sensitive="none",
    )
    assert reason(call, promise) == ""
    assert reason(call, stated(value="nuts", content="Allergy: nuts.", quote="I'm allergic to nuts")) == ""
