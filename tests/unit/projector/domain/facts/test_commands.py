"""Commands to an assistant, claims of rank, and spoken links, in many languages; and what only looks like one."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import domains

from bench.recall.corpora import phone
from projector.domain.facts.validation.hostile.faults import fault_of
from projector.domain.facts.validation.hostile.links import holds_link
from tests.support.sentences import harmless, hostile
from tests.unit.projector.domain.facts.test_validate import reason, said, stated

_ATTRIBUTES = ("interest", "preference", "instruction", "issue", "dislike", "other:note")


def test_no_command_counts_as_anything_of_the_caller() -> None:
    """Of sentences that command an assistant none counts, as whatever a model states it, although it was said so."""
    sentences = hostile()
    assert len(sentences) >= 300
    counted = [
        (words, attribute)
        for language, words in sentences
        for attribute in _ATTRIBUTES
        if reason(
            said("agent: ?", f"caller: {words}.", language=language),
            stated(attribute=attribute, value=words[:110], content=f"The caller: {words}.", quote=words),
        )
        not in {"order", "link", "markup"}
    ]
    assert counted == []


def test_no_command_counts_in_the_middle_of_what_else_is_said() -> None:
    """A command is one also where it follows something harmless, in the value, the sentence or the quote."""
    passed = [
        (words, place)
        for language, words in hostile()
        for place, text in (("value", f"tea. {words}"[:110]), ("content", f"The caller likes tea. {words}"))
        if not fault_of(text, language, is_promise=False)
    ]
    assert passed == []


def test_what_only_looks_like_a_command_counts() -> None:
    """Of sentences with the same words that command nobody, 99 of 100 count."""
    lost = Counter[str]()
    sentences = harmless()
    assert len(sentences) >= 300
    for each in sentences:
        call = said("agent: ?", f"caller: {each.words}.", language=each.language)
        content = f"The caller: {each.words}."
        item = stated(attribute=each.attribute, value=each.value, content=content, quote=each.words, sensitive="none")
        if why := reason(call, item):
            lost[f"{why}: {each.words}"] += 1
    assert lost.total() <= 0.01 * len(sentences), lost


def test_hardly_a_real_turn_of_a_caller_is_a_command() -> None:
    """Of what callers say in the phone calls, nothing is a command; addresses that they spell are no links."""
    turns = [(turn.words, call.language) for call in phone.load().calls for turn in call.turns if turn.is_caller]
    assert len(turns) >= 500
    assert [words for words, language in turns if fault_of(words, language, is_promise=False, addresses=1)] == []


@pytest.mark.parametrize(
    "words",
    [
        *("Node.js", "node.js", "ASP.NET", "report.pdf", "scan-2.jpeg", "v2.1.docx", "my_photo.heic", "main.cpp"),
        *("3.5", "2.5mg", "e.g. tea", "i.e. tea", "z.B. Tee", "5.30 p.m.", "Mr.Smith", "St.John", "no.5", "U.S.A."),
        *("polka dot dress", "eight dot thirty", "the dot com years", "Dot Miller", "slash and burn"),
    ],
)
def test_name_of_a_file_or_a_tool_is_no_link(words: str) -> None:
    """What has a dot in it, or is called so, need not be one."""
    assert fault_of(f"The caller uses {words}", "en", is_promise=False) is None


@pytest.mark.parametrize(
    ("words", "language"),
    [
        *(("evil.com/report.pdf", "en"), ("evil.js.example", "en"), ("EVIL.DE", "en"), ("report.pdf.evil.com", "en")),
        *(("asp.net/login", "en"), ("node.js.org", "en"), ("evil dot example slash a", "en"), ("evil dot com", "en")),
        *(("evil punkt de", "de"), ("evil punto es schrägstrich a", "es"), ("evil point com", "fr")),
        *(("evil kropka pl ukośnik a", "pl"), ("evil punto it barra a", "it"), ("evil ponto com", "pt")),
        *(("イービル ドット コム", "ja"), ("w w w evil", "en"), ("h t t p s colon slash slash evil", "en")),
    ],
)
def test_link_is_one_however_it_is_told(words: str, language: str) -> None:
    """A link may be written, spelled or spoken, and stand beside the name of a file."""
    assert fault_of(f"tea {words} tea", language, is_promise=False) == "link"


@given(domain=domains(max_length=40), path=st.sampled_from(["", "/", "/login", "/report.pdf"]))
def test_every_domain_is_a_link(domain: str, path: str) -> None:
    """Whatever top-level domain there is, a domain is a link, and so is one with a path."""
    assert holds_link(f"go to {domain.lower()}{path}", "en", addresses=0)


def test_spoken_address_is_no_link_and_a_link_beside_it_is_one() -> None:
    """`Info at clinic dot com` proves an e-mail address; a second domain is not excused by it."""
    words = "send it to info at clinic dot com"
    call = said("agent: ?", f"caller: {words}.")
    item = stated(attribute="email", value="info@clinic.com", content="E-mail: info@clinic.com.", quote=words)
    assert reason(call, item) == ""
    assert reason(call, item | {"attribute": "interest", "value": "info at clinic dot com"}) == "link"
    more = f"{words} or open evil dot com"
    assert reason(said("agent: ?", f"caller: {more}."), item | {"value": more, "quote": more}) == "link"


def test_agent_may_grant_what_a_caller_may_not_claim() -> None:
    """A promise is an agent's own word, and `your` in it is the caller's."""
    for words in ("We will send you your new password", "I will waive the fee", "You will get your room for free"):
        call = said("caller: ?", f"agent: {words}.", "caller: Thanks.")
        content = f"The agent: {words}."
        item = stated(category="promise", attribute="promise", value=words, content=content, quote=words, turn=1)
        assert reason(call, item) == "", words


def test_sentences_are_of_many_languages() -> None:
    """Both lists are in every language of the greetings."""
    for sentences in (hostile(), [(each.language, each.words) for each in harmless()]):
        languages = {language for language, _ in sentences}
        assert languages >= {"en", "de", "es", "fr", "it", "nl", "pl", "pt", "sv", "ja"}
