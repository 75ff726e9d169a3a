"""A question may ask why somebody called, and not only what was said then."""

# ruff: noqa: RUF001 - questions in many alphabets

import pytest

from ingress.searching.questions.when import understand
from ingress.searching.questions.words.languages import TIMES
from ingress.searching.questions.words.reason_words import REASON_PATTERNS
from tests.support.samples import NOON_S

WHY = [
    ("en", "Why did she call in November?"),
    ("en", "What did he want last time?"),
    ("en", "what was the reason for her first call"),
    ("en", "What was his last call about?"),
    ("en", "What was the complaint in the last call?"),
    ("de", "Warum hat sie letzte Woche angerufen?"),
    ("de", "Was war der Grund seines ersten Anrufs?"),
    ("de", "Worum ging es beim letzten Anruf?"),
    ("fr", "Pourquoi a-t-elle appelé en novembre ?"),
    ("fr", "Quel était le motif de son tout premier appel ?"),
    ("es", "¿Por qué llamó la última vez?"),
    ("es", "¿Qué quería en su última llamada?"),
    ("it", "Perché ha chiamato ieri?"),
    ("it", "Cosa voleva l'ultima volta?"),
    ("nl", "Waarom belde ze vorige week?"),
    ("pl", "Dlaczego zadzwoniła w listopadzie?"),
    ("pl", "Jaki był powód ostatniej rozmowy?"),
    ("pt", "Por que ela ligou em novembro?"),
    ("sv", "Varför ringde hon i november?"),
    ("tr", "Kasım ayında neden aradı?"),
    ("ar", "ما سبب أول اتصال له؟"),
    ("ar", "لماذا اتصل في نوفمبر؟"),
    ("hi", "उसने पिछली बार क्यों फोन किया?"),
    ("ja", "前回の電話の用件は何でしたか？"),
    ("ko", "지난번에 왜 전화했나요?"),
    ("zh", "她上次为什么打电话？"),
]
WHAT = [
    ("en", "What did we talk about last time?"),
    ("en", "What happened in January?"),
    ("en", "What did she say yesterday?"),
    ("en", "Tell me about the last call"),
    ("en", "When did she last call?"),
    ("de", "Was hat sie gestern gesagt?"),
    ("fr", "Qu'a-t-elle dit hier ?"),
    ("fr", "De quoi avons-nous parlé la dernière fois ?"),
    ("es", "¿Qué dijo ayer?"),
    ("tr", "Kasım ayında ne oldu?"),
    ("ar", "ماذا قالت أمس؟"),
    ("ja", "昨日何と言いましたか？"),
    ("zh", "她昨天说了什么？"),
]
# Why something else was so is looked for by its words.
OF_SOMETHING = [
    ("en", "Why did she cancel her appointment in November?"),
    ("en", "Why is her son in hospital since January?"),
    ("de", "Warum hat sie im November gekündigt?"),
]
LATER_S = NOON_S + 17 * 24 * 3600


def asks_reason(language: str, question: str) -> bool:
    """Return whether a question is understood to ask why somebody called."""
    return understand(question, language=language, at_s=LATER_S, timezone="Europe/Berlin").asks_reason


@pytest.mark.parametrize(("language", "question"), WHY)
def test_why_somebody_called_is_asked(language: str, question: str) -> None:
    """In all fifteen languages, by what was the reason, what was wanted, and what a call was about."""
    assert asks_reason(language, question)


@pytest.mark.parametrize(("language", "question"), [*WHAT, *OF_SOMETHING])
def test_something_else_is_asked(language: str, question: str) -> None:
    """What was said or happened is more than why somebody called, and why something else happened is another matter."""
    assert not asks_reason(language, question)


def test_every_language_of_times_has_words_for_it() -> None:
    """A question whose time is understood is looked at for these words in the same language."""
    assert set(REASON_PATTERNS) == set(TIMES)
