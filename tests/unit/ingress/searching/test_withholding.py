"""What is sensitive and withheld is told nowhere: not as a fact, nor in the words of a call that tell it."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from events.wire.webhooks import SearchDataRequest
from ingress.searching.asking import Asking
from ingress.searching.finding import find
from ingress.searching.withholding import told_sensitive
from ingress.settings import Settings
from ingress.webhooks.client_data import _known, answer
from ingress.webhooks.search_data import _Answering
from projector.domain.memories import Memory
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.projection.settings import ProjectionSettings
from tests.support.extractions import extraction, statement
from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

DAY_S = 24 * 60 * 60
NOW_S = NOON_S + 30 * DAY_S
OTHER_AGENT = "agent_other"


class Told:
    """A site of which is told with or without what is sensitive."""

    def __init__(self, folder: Path, *, sensitive: str = "withhold") -> None:
        self._site = ProjectorSite(folder, ProjectionSettings())
        secrets = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY")
        self._settings = Settings.from_env(dict.fromkeys(secrets, "5b21f0") | {"SENSITIVE": sensitive})
        self._calls = 0
        self.sensitive = 0

    def call(self, *said: str, stated: list[dict[str, Any]] | None = None, asked: str = "", **of: Any) -> None:
        """Append a call, and what a model stated of it; `asked` is what the agent said before the first words."""
        self._calls += 1
        body = transcription(f"conv_{self._calls}", *said, at_s=NOON_S + self._calls * DAY_S, **of)
        if asked:
            document = json.loads(body)
            document["data"]["transcript"][0]["message"] = asked
            body = json.dumps(document).encode()
        self._site.append(body)
        if stated:
            self._site.append(extraction(body, *stated), source="extraction")
        self._site.catch_up()

    def correct(self, **of: Any) -> None:
        """Append what a person said is so."""
        made = {"type": "elaoms_correction", "id": str(of), "at_s": NOW_S, "action": "correct", "caller": MARTA}
        self._site.append(json.dumps(made | of).encode(), source="correction")
        self._site.catch_up()

    def greeting(self, agent: str = AGENT) -> dict[str, Any]:
        """Return the variables at the start of a call."""
        with self._site.read_model() as read_model:
            engine = Engines(EngineSettings()).read("embedded", read_model.engine_tables)
            view, profile, facts = _known(read_model, engine, MARTA, agent, NOW_S)
        return dict(answer(view, agent, MARTA, self._settings, profile=profile, facts=facts).dynamic_variables)

    def search(self, query: str, agent: str = AGENT, **of: Any) -> dict[str, Any]:
        """Return the answer to a question."""
        tells = self._settings.tells_sensitive
        question = SearchDataRequest(query=query, caller_id=MARTA, agent_id=agent, **of)
        asking = Asking(question=question, region="US", at_s=NOW_S, tells_sensitive=tells)
        with self._site.read_model() as read_model:
            engine = Engines(EngineSettings()).read("embedded", read_model.engine_tables)
            found = find(asking, read_model, engine, until_s=float("inf"), pause=lambda: None)
            found, answered = _Answering(asking, self._settings)(found)
        self.sensitive = told_sensitive(found, len(answered.memories), self._settings.registry)
        told = msgspec.to_builtins(answered)
        assert isinstance(told, dict)
        return told

    def facts(self) -> list[Memory]:
        """Return what calls taught."""
        with self._site.read_model() as read_model:
            return read_model.facts(MARTA)

    def everything(self, *queries: str) -> str:
        """Return all that is told: at the start of a call, to no question, and to some."""
        return json.dumps(
            [self.greeting(), *(self.search(query) for query in ("", "last call", *queries))], ensure_ascii=False
        )


def health(said: str, turn: int, attribute: str, value: str, content: str, **changed: Any) -> dict[str, Any]:
    """Return a statement on somebody's health."""
    about = {"attribute": attribute, "value": value, "content": content, "quote": said, "sensitive": "health"}
    return statement("I like tea.", turn, **(about | changed))


def contents(told: dict[str, Any]) -> list[str]:
    return [memory["content"] for memory in told["memories"]]


@pytest.mark.parametrize("sensitive", ["tell", "withhold"])
def test_brief_tells_no_collected_value_in_a_summary(tmp_path: Path, sensitive: str) -> None:
    """The sentence of a summary that says a collected allergy stays out of the brief, under both settings."""
    told = Told(tmp_path, sensitive=sensitive)
    summary = "The caller is allergic to penicillin. They asked for tea."
    told.call("Tea, please.", allergies="penicillin", summary=summary)
    brief = told.greeting()["caller_brief"]
    assert "penicillin" not in brief
    assert "They asked for tea." in brief


@pytest.mark.parametrize("sensitive", ["tell", "withhold"])
@pytest.mark.parametrize("agent", [AGENT, OTHER_AGENT])
def test_brief_tells_neither_what_was_nor_what_another_agent_heard(tmp_path: Path, sensitive: str, agent: str) -> None:
    """A medicine that the caller stopped to take, and an illness that only another agent heard of, stay out."""
    told = Told(tmp_path, sensitive=sensitive)
    took, ended = "I take warfarin.", "I no longer take warfarin."
    told.call(took, agent=agent, stated=[health(took, 1, "medication", "warfarin", "The caller takes warfarin.")])
    stop = health(ended, 1, "medication", "warfarin", "The caller no longer takes warfarin.", status="ended")
    told.call(ended, agent=agent, stated=[stop])
    told.call("Hello.", agent=AGENT, summary="The caller takes warfarin daily. They asked for tea.")
    told.call("My allergy changed.", agent=AGENT, allergies="latex", summary="Latex was noted. All is well.")
    told.call("It is another.", agent=AGENT, allergies="nuts", summary="They called again.")
    brief = told.greeting()["caller_brief"]
    assert "warfarin" not in brief
    assert "atex" not in brief
    assert "They asked for tea." in brief
    assert "All is well." in brief


ILL = "I'm HIV positive."


def test_withheld_value_is_told_in_no_words_of_any_call(tmp_path: Path) -> None:
    """Neither last call, history, summaries nor what was asked tell it, nor a call of which no model said anything."""
    told = Told(tmp_path)
    stated = [health(ILL, 1, "condition", "HIV", "The caller is HIV positive.")]
    summary = "The caller is HIV positive. They asked for tea."
    told.call(ILL, "I like tea.", stated=stated, summary=summary, title="HIV and tea")
    told.call("As I said, I have HIV.", "I like coffee.", summary="HIV was told again. They like coffee.")
    told.call("Yes, that is right.", asked="So you have HIV?", summary="HIV.")
    for query in ("tea", "HIV", "coffee", "yes", "that is right", "first call", "condition"):
        assert "hiv" not in json.dumps(told.search(query)).casefold().replace("archiv", "")
    assert "hiv" not in told.everything().casefold()
    assert "I like coffee." in contents(told.search("coffee"))


def test_turn_that_ends_a_withheld_fact_is_not_told(tmp_path: Path) -> None:
    """Who says that they no longer take a medicine tells which one."""
    told = Told(tmp_path)
    took, ended = "I take warfarin.", "I no longer take warfarin."
    told.call(took, stated=[health(took, 1, "medication", "warfarin", "The caller takes warfarin.")])
    stop = health(ended, 1, "medication", "warfarin", "The caller no longer takes warfarin.", status="ended")
    told.call(ended, stated=[stop])
    assert "warfarin" not in told.everything("warfarin", "medication", "what was before").casefold()


def test_collected_value_withholds_nothing_else_of_its_call(tmp_path: Path) -> None:
    """A collected value is of no turn, and what else is of none stays: other values, and the summary."""
    told = Told(tmp_path)
    tea = statement("I like tea.", 1)
    told.call("I like tea.", stated=[tea], allergies="latex", city="Lund", summary="They asked for a cleaning.")
    answer_to_all = json.dumps(told.search(""))
    assert "latex" not in json.dumps(told.search("city cleaning tea latex"))
    assert "They asked for a cleaning." in answer_to_all
    assert "City: Lund" in answer_to_all


NO_LATEX, TEA = "I can't have latex.", "I like tea."


def latex(turn: int) -> dict[str, Any]:
    return health(NO_LATEX, turn, "allergy", "latex", "The caller can't have latex.")


def test_question_of_safety_finds_a_fact_by_what_it_is_on(tmp_path: Path) -> None:
    """A sentence without the word allergy answers a question about allergies, and so does an illness."""
    told = Told(tmp_path, sensitive="tell")
    stroke = "I had a bad fall of the heart."
    told.call(
        NO_LATEX,
        stroke,
        TEA,
        stated=[
            latex(1),
            health(stroke, 3, "condition", "bad fall of the heart", "The caller had a bad fall of the heart."),
        ],
    )
    for question in ("Is the caller allergic to anything?", "Hat die Anruferin Allergien?"):
        answered = told.search(question)
        assert "The caller can't have latex (said on 13 November 2025)." in answered["summary"]
        assert contents(answered)[0] == "The caller can't have latex. (said on 13 November 2025)"
    assert "fall of the heart" in told.search("Is there any condition to know of?")["summary"]


def test_question_names_what_is_sensitive_by_its_attribute(tmp_path: Path) -> None:
    """A date of birth and a payment are told to a question that names them in other words than the caller's."""
    told = Told(tmp_path, sensitive="tell")
    born, declined = "I was born on 5 March 1990.", "My card was declined."
    of_birth = health(born, 1, "date_of_birth", "5 March 1990", "The caller was born on 5 March 1990.")
    card = health(declined, 3, "payment", "card was declined", "The card of the caller was declined.")
    told.call(born, declined, TEA, stated=[of_birth | {"sensitive": "credentials"}, card | {"sensitive": "money"}])
    said = "(said on 13 November 2025)"
    assert f"The caller was born on 5 March 1990. {said}" in contents(told.search("What is the date of birth?"))
    assert f"The card of the caller was declined. {said}" in contents(told.search("Zahlung?"))
    for question in ("", "tea", "last call"):
        assert "March 1990" not in json.dumps(told.search(question))
        assert "declined" not in json.dumps(told.search(question))


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("query", ["", "What was said in the last call?", "What was said in the first call?", "tea"])
def test_turn_of_a_sensitive_fact_is_not_told_unasked(tmp_path: Path, query: str, limit: int) -> None:
    """Where its fact is left out the turn is left out too, however little or much is read."""
    told = Told(tmp_path, sensitive="tell")
    told.call(TEA, NO_LATEX, stated=[statement(TEA, 1), latex(3)])
    assert "latex" not in json.dumps(told.search(query, limit=limit))
    told.call(NO_LATEX, "Tea again.", stated=[latex(1)])
    assert "latex" not in json.dumps(told.search(query, limit=limit))
    assert "latex" in json.dumps(told.search("latex", limit=limit))


def quotes(told: dict[str, Any]) -> list[str]:
    return [memory["source"]["quote"] for memory in told["memories"] if memory["source"]["quote"]]


def test_fact_is_told_without_a_turn_on_health_that_proves_another(tmp_path: Path) -> None:
    """A turn that was found tells all its words with its fact; not if some of them are on health."""
    told = Told(tmp_path, sensitive="tell")
    both, harmless = "I like tea, and I can't have latex.", "I like tea, and the blue cup is mine."
    told.call(
        both,
        stated=[
            statement(TEA, 1) | {"quote": "I like tea"},
            health("I can't have latex", 1, "allergy", "latex", "The caller can't have latex."),
        ],
    )
    assert "latex" not in json.dumps(told.search("What do they drink, tea?"))
    assert quotes(told.search("latex"))[0] == "I can't have latex"
    told.call(harmless, stated=[statement(TEA, 1) | {"quote": "I like tea"}])
    assert harmless in quotes(told.search("the blue cup"))


@pytest.mark.parametrize("limit", [3, 5, 20])
def test_what_fills_an_answer_brings_no_turn_on_health(tmp_path: Path, limit: int) -> None:
    """Nor does a fact that takes the place of such a turn once the answer is filled."""
    told = Told(tmp_path, sensitive="tell")
    said = "I like tea, and the blue cup is mine, and I can't have latex."
    of_latex = health("I can't have latex", 1, "allergy", "latex", "The caller can't have latex.")
    told.call(said, stated=[statement(TEA, 1) | {"quote": "I like tea"}, of_latex])
    assert not [quote for quote in quotes(told.search("the blue cup", limit=limit)) if "latex" in quote]


@pytest.mark.parametrize("said", ["I like tea, because of my HIV.", "I like tea, and my PIN is zebra."])
def test_fact_is_told_without_a_turn_that_tells_what_another_call_stated(tmp_path: Path, said: str) -> None:
    """No fact is proven by that turn but the harmless one: its words tell what they are on."""
    told = Told(tmp_path, sensitive="tell")
    ill = "I have HIV."
    told.call(ill, stated=[health(ill, 1, "condition", "HIV", "The caller has HIV.")])
    told.call(said, stated=[statement(TEA, 1) | {"quote": "I like tea"}])
    assert "I like tea" in quotes(told.search("coffee or tea", limit=2))
    assert said not in quotes(told.search("coffee or tea", limit=2))


def test_turn_on_somebody_else_is_told_to_who_finds_it(tmp_path: Path) -> None:
    """What a brother has is told to a question that his words do not hold, but those of the agent before them."""
    told = Told(tmp_path, sensitive="tell")
    has = "My brother has one."
    about = {"about": "brother", "attribute": "other:pet", "value": "one", "content": "The caller's brother has one."}
    stated = statement(TEA, 1, **(about | {"quote": has, "sensitive": "third_party"}))
    told.call(has, asked="Is there a hamster in the house?", stated=[stated])
    told.call("I can't have them.", asked="Is there a rabbit?", stated=[latex(1) | {"quote": "I can't have them."}])
    assert [each["source"]["asked"] for each in told.search("hamster")["memories"][:1]] == [
        "Is there a hamster in the house?"
    ]


@pytest.mark.parametrize(
    ("has", "value"), [("My brother owes thousands.", "thousands"), ("My brother drinks vodka.", "vodka")]
)
def test_turn_on_something_else_is_not_told_for_what_was_asked_before_it(tmp_path: Path, has: str, value: str) -> None:
    """That an agent asked for a hamster makes what a brother owes no answer to a question about hamsters."""
    told = Told(tmp_path, sensitive="tell")
    content = f"The caller's brother: {value}."
    about = {"about": "brother", "attribute": "other:matter", "value": value, "content": content}
    stated = statement(TEA, 1, **(about | {"quote": has, "sensitive": "third_party"}))
    told.call(has, "Anyway.", asked="Is there a hamster in the house?", stated=[stated])
    for query in ("hamster", "Do they want a hamster?"):
        found = told.search(query, limit=5)["memories"]
        assert not [each for each in found if value in str(each)]
    assert has.rstrip(".") in quotes(told.search(value))


def test_what_was_told_of_it_is_counted(tmp_path: Path) -> None:
    """The audit trail's figure counts the fact that answers a question, and nothing where nothing of it is told."""
    told = Told(tmp_path, sensitive="tell")
    told.call(TEA, NO_LATEX, stated=[statement(TEA, 1), latex(3)])
    counts = []
    for query in ("latex", "", "any allergies?"):
        told.search(query)
        counts.append(told.sensitive)
    assert counts == [1, 0, 1]


@pytest.mark.parametrize("sensitive", ["tell", "withhold"])
def test_what_is_left_out_leaves_its_room_to_the_rest(tmp_path: Path, sensitive: str) -> None:
    """However small the limit, and however much that is sensitive is newer, what else is known is told."""
    told = Told(tmp_path, sensitive=sensitive)
    told.call(TEA)
    told.call(NO_LATEX, stated=[latex(1)], allergies="latex", medication="warfarin")
    for limit in (1, 2, 5):
        said = contents(told.search("", limit=limit))
        assert 0 < len(said) <= limit
        assert "atex" not in str(said)
    assert TEA in contents(told.search("", limit=5))


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("I'm HIV positive.", "hiv"),
        ("They put me on warfarin.", "warfarin"),
        ("My PIN is four seven.", "pin"),
        ("Ich bin schwanger.", "schwanger"),
        ("J'ai le diabète.", "diab"),
        ("Soy alérgica a las nueces.", "nueces"),
        ("Mam depresję.", "depres"),
        ("薬を飲んでいます。", "薬"),
    ],
)
def test_withheld_turn_is_told_to_nobody_although_no_model_stated_it(tmp_path: Path, said: str, word: str) -> None:
    """A turn that speaks of an illness, a medicine or a PIN stays out, with its summary; what else was said stays."""
    told = Told(tmp_path)
    told.call(said, TEA, "Do you have a table?", summary=f"{said} They asked for tea.", title=said, reason=said)
    everything = told.everything(said, word, "tea", "What was said in the first call?").casefold()
    assert word not in everything.replace("opinion", "")
    assert TEA in contents(told.search("tea"))
    assert "They asked for tea." in told.greeting()["last_call_summary"]
    assert "They asked for tea." in told.greeting()["caller_brief"]


def test_answer_to_the_agents_question_on_health_is_withheld(tmp_path: Path) -> None:
    """A `yes` tells what the agent asked."""
    told = Told(tmp_path)
    told.call("Yes, for years.", TEA, asked="Do you take any medication?")
    assert "for years" not in told.everything("for years", "medication", "tea")
    assert TEA in contents(told.search("tea"))


def test_what_is_told_is_told_where_nobody_withholds_it(tmp_path: Path) -> None:
    """Without the setting a turn that no model stated answers the question that it fits."""
    told = Told(tmp_path, sensitive="tell")
    told.call(ILL, TEA)
    assert ILL in contents(told.search("HIV"))


def test_nobody_asks_at_the_start_of_a_call(tmp_path: Path) -> None:
    """
    No variable and no answer to no question tells what a call taught that is sensitive; a question about it does.

    What the operator collects is told: an allergy is never what is cut.
    """
    told = Told(tmp_path, sensitive="tell")
    stated = [health(ILL, 1, "condition", "HIV", "The caller is HIV positive.")]
    summary = "The caller is HIV positive. They asked for tea."
    told.call(ILL, TEA, stated=stated, summary=summary, title="HIV and tea", allergies="latex", city="Lund")
    told.call("As I said, I have HIV.", "I like coffee.", summary="HIV was told again. They like coffee.")
    unasked = json.dumps([told.greeting(), told.search("", limit=20), told.search("last call")]).casefold()
    assert "hiv" not in unasked
    assert "latex" not in json.dumps([told.search("")["memories"], told.greeting()["caller_brief"]])
    assert "latex" in told.greeting()["user_profile_summary"]
    for word in ("they asked for tea.", "they like coffee.", "lund"):
        assert word in unasked
    assert "HIV" in told.search("HIV")["summary"]
    assert "latex" in json.dumps(told.search("Any allergies?"))


@pytest.mark.parametrize(
    "said",
    [
        "I signed the contract.",
        "In April, by card.",
        "Necesito dos.",
        "Der Vertrag läuft aus.",
        "My appointment is at ten.",
        "I like racing and archives.",
        "Emergency lights for the car.",
        "The bike is in good condition.",
    ],
)
def test_what_has_nothing_to_do_with_health_is_not_withheld(tmp_path: Path, said: str) -> None:
    """Words that begin like those of illnesses are told."""
    told = Told(tmp_path)
    told.call(said)
    assert said in contents(told.search(said))


def test_what_is_the_callers_own_too_is_told(tmp_path: Path) -> None:
    """A last name and a street that the caller shares with her father tell nothing of him; his first name does."""
    told = Told(tmp_path, sensitive="tell")
    mine, his, home = "I'm Ann Stone.", "My father is Bert Stone.", "I live at 9 Elm Street, and my father lives there."
    of_mine = {"attribute": "name", "value": "Ann Stone", "content": "The caller's name is Ann Stone.", "quote": mine}
    of_his = {"attribute": "name", "value": "Bert Stone", "content": "The caller's father is Bert Stone.", "quote": his}
    of_home = {"attribute": "address", "value": "9 Elm Street", "content": "The caller lives at 9 Elm Street."}
    of_father = of_home | {"about": "father", "content": "The caller's father lives at 9 Elm Street."}
    bert = "I call him Bert."
    told.call(
        mine,
        his,
        home,
        bert,
        stated=[
            statement(TEA, 1, **of_mine),
            statement(TEA, 3, **of_his, about="father", sensitive="third_party"),
            statement(TEA, 5, **of_home, quote=home),
            statement(TEA, 5, **of_father, quote=home, sensitive="third_party"),
            statement(TEA, 7, attribute="preference", value="Bert", content="The caller says Bert.", quote=bert),
        ],
    )
    brief = told.greeting()["caller_brief"]
    assert brief.startswith("Ann Stone has spoken with us once")
    assert "The caller lives at 9 Elm Street" in brief
    assert "Bert" not in brief


@pytest.mark.parametrize("sensitive", ["tell", "withhold"])
def test_brief_tells_no_patient_who_is_not_the_caller(tmp_path: Path, sensitive: str) -> None:
    """Who calls for the mother is told of by the own name; hers is told to whoever asks, as that of anybody else."""
    told = Told(tmp_path, sensitive=sensitive)
    told.call("I call for my mother.", user_name="Bob Lee", patient_name="Maria Stone")
    brief = told.greeting()["caller_brief"]
    assert "Bob" in brief
    assert "Maria" not in brief
