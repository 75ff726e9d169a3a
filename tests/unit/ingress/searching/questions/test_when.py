"""Which time a question is about, from the moment in which it is asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.wire.timezone import zone_of
from ingress.searching.questions.when import FIRST_CALL, Asked, understand
from ingress.searching.questions.words.languages import TIMES
from ingress.searching.questions.words.time_words import TIME_WORDS

# A Saturday.
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
BERLIN, NEW_YORK, TOKYO = "Europe/Berlin", "America/New_York", "Asia/Tokyo"


def asked(question: str, *, language: str | None = "en", at: datetime = NOW, timezone: str = "UTC") -> Asked:
    return understand(question, language=language, at_s=int(at.timestamp()), timezone=timezone)


def days(
    question: str, *, language: str | None = "en", at: datetime = NOW, timezone: str = "UTC"
) -> tuple[str, str] | None:
    """Return the first and the last day that a question is about, where the caller is; None if it is about no time."""
    span = asked(question, language=language, at=at, timezone=timezone).span
    if span is None:
        return None
    first, last = (datetime.fromtimestamp(at_s, zone_of(timezone)) for at_s in (span.since_s, span.until_s))
    assert (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0)
    return first.date().isoformat(), (last - timedelta(hours=1)).date().isoformat()


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What did I say yesterday?", "2026-11-27", "2026-11-27"),
        ("YESTERDAY", "2026-11-27", "2026-11-27"),
        ("What was yesterday\N{RIGHT SINGLE QUOTATION MARK}s call about", "2026-11-27", "2026-11-27"),
        ("the day before yesterday", "2026-11-26", "2026-11-26"),
        ("what did I ask this morning", "2026-11-28", "2026-11-28"),
        ("today", "2026-11-28", "2026-11-28"),
        ("What did we discuss last week?", "2026-11-16", "2026-11-22"),
        ("earlier this week", "2026-11-23", "2026-11-29"),
        ("my order from last month", "2026-10-01", "2026-10-31"),
        ("last year", "2025-01-01", "2025-12-31"),
        ("three days ago", "2026-11-25", "2026-11-25"),
        ("10 days ago", "2026-11-18", "2026-11-18"),
        ("a week ago", "2026-11-18", "2026-11-24"),
        ("a couple of weeks ago", "2026-11-11", "2026-11-17"),
        ("two months ago", "2026-09-14", "2026-10-14"),
        ("on Monday", "2026-11-23", "2026-11-23"),
        ("last Friday", "2026-11-27", "2026-11-27"),
        ("Saturday", "2026-11-21", "2026-11-21"),
        ("What did I order on  \n Sunday?", "2026-11-22", "2026-11-22"),
    ],
)
def test_time_is_counted_from_the_question(question: str, first: str, last: str) -> None:
    """What a question says of time is counted back from when it is asked; a weekday is the last one before that."""
    assert days(question) == (first, last)


@pytest.mark.parametrize(
    ("timezone", "day"),
    [(NEW_YORK, "2026-11-27"), ("UTC", "2026-11-28"), (BERLIN, "2026-11-28"), (TOKYO, "2026-11-28")],
)
def test_yesterday_is_the_callers(timezone: str, day: str) -> None:
    """At 04:30 UTC it is still the evening before in New York, and so its yesterday is a day earlier."""
    assert days("yesterday", at=datetime(2026, 11, 29, 4, 30, tzinfo=UTC), timezone=timezone) == (day, day)


def test_day_of_a_clock_change_is_whole() -> None:
    """A day on which the clock is put back has 25 hours, and all of them are of that day."""
    span = asked("yesterday", at=datetime(2026, 10, 26, 12, tzinfo=UTC), timezone=BERLIN).span
    assert span is not None
    assert span.until_s - span.since_s == 25 * 60 * 60


@pytest.mark.parametrize(
    ("timezone", "first", "last"),
    [
        (BERLIN, "2026-11-16", "2026-11-22"),
        (NEW_YORK, "2026-11-15", "2026-11-21"),
        ("US/Eastern", "2026-11-15", "2026-11-21"),
        ("UTC", "2026-11-16", "2026-11-22"),
        ("Etc/GMT+5", "2026-11-16", "2026-11-22"),
        ("Antarctica/Troll", "2026-11-16", "2026-11-22"),
    ],
)
def test_week_begins_as_it_does_there(timezone: str, first: str, last: str) -> None:
    """A week begins on Sunday where people say so, as in the United States, and on Monday elsewhere."""
    assert days("last week", timezone=timezone) == (first, last)


_YESTERDAY, _WEEK, _TWO_DAYS, _MONDAY, _WEDNESDAY = "2026-11-27", "2026-11-16", "2026-11-26", "2026-11-23", "2026-11-25"


@pytest.mark.parametrize(
    ("language", "question", "first"),
    [
        ("de", "Was habe ich gestern gesagt?", _YESTERDAY),
        ("de-AT", "Worüber sprachen wir letzte Woche?", _WEEK),
        ("de", "vor zwei Tagen", _TWO_DAYS),
        ("de", "Was habe ich am Montag bestellt?", _MONDAY),
        ("de", "Vorgestern", _TWO_DAYS),
        ("es", "¿Qué dije ayer?", _YESTERDAY),
        ("es", "la semana pasada", _WEEK),
        ("es", "hace dos días", _TWO_DAYS),
        ("es", "el miércoles", _WEDNESDAY),
        ("fr", "Qu'est-ce que j'ai dit hier ?", _YESTERDAY),
        ("fr", "la semaine dernière", _WEEK),
        ("fr", "il y a deux jours", _TWO_DAYS),
        ("fr", "lundi dernier", _MONDAY),
        ("it", "Cosa ho detto ieri?", _YESTERDAY),
        ("it", "la settimana scorsa", _WEEK),
        ("it", "due giorni fa", _TWO_DAYS),
        ("it", "lunedì", _MONDAY),
        ("nl", "Wat zei ik gisteren?", _YESTERDAY),
        ("nl", "vorige week", _WEEK),
        ("nl", "twee dagen geleden", _TWO_DAYS),
        ("nl", "op maandag", _MONDAY),
        ("pl", "Co mówiłem wczoraj?", _YESTERDAY),
        ("pl", "w zeszłym tygodniu", _WEEK),
        ("pl", "dwa dni temu", _TWO_DAYS),
        ("pl", "w środę", _WEDNESDAY),
        ("pt-BR", "O que eu disse ontem?", _YESTERDAY),
        ("pt_BR", "na semana passada", _WEEK),
        ("pt", "há dois dias", _TWO_DAYS),
        ("pt", "na segunda-feira", _MONDAY),
        ("sv", "Vad sa jag i går?", _YESTERDAY),
        ("sv", "förra veckan", _WEEK),
        ("sv", "för två dagar sedan", _TWO_DAYS),
        ("sv", "i måndags", _MONDAY),
        ("ja", "yesterday", _YESTERDAY),
        (None, "Was habe ich gestern gesagt?", _YESTERDAY),
        (None, "¿Qué dije ayer?", _YESTERDAY),
        (None, "Qu'est-ce que j'ai dit hier ?", _YESTERDAY),
        (None, "wczoraj", _YESTERDAY),
        (None, "What did I say yesterday?", _YESTERDAY),
        ("de", "What did I say yesterday?", _YESTERDAY),
    ],
)
def test_time_is_understood_in_the_callers_language(language: str | None, question: str, first: str) -> None:
    """In each of the nine languages, and always in English, a question says which time it is about."""
    found = days(question, language=language, timezone=BERLIN)
    assert found is not None
    assert found[0] == first


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What did I order last time?"),
        ("en", "What was said in our last call"),
        ("en", "the previous conversation"),
        ("en", "When did we last speak?"),
        ("de", "Was war beim letzten Mal?"),
        ("de", "Worum ging es im letzten Gespräch?"),
        ("es", "¿De qué hablamos la última vez?"),
        ("fr", "De quoi avons-nous parlé la dernière fois ?"),
        ("it", "Di cosa abbiamo parlato l'ultima volta?"),
        ("nl", "Wat bespraken we de vorige keer?"),
        ("pl", "O czym rozmawialiśmy ostatnim razem?"),
        ("pt", "Sobre o que falamos da última vez?"),
        ("sv", "Vad pratade vi om förra gången?"),
    ],
)
def test_last_time_is_the_last_call(language: str, question: str) -> None:
    """`Last time` is no day: it is the last call, whenever that was."""
    found = asked(question, language=language)
    assert (found.is_last_call, found.span, found.has_time) == (True, None, True)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What is my address?"),
        ("en", "my appointment next Monday"),
        ("en", "every Monday"),
        ("en", "Mondays"),
        ("en", "the weekly yesterdayish plan"),
        ("en", "9999 years ago"),
        ("en", "in the second call"),
        ("en", "my appointment on Monday the 3rd"),
        ("en", "on Monday, 3 May 2027"),
        ("en", "the table for Friday at 8"),
        (None, "Was habe ich hier bestellt?"),
        (None, "Wat heb ik hier besteld?"),
        ("de", "nächsten Montag"),
        ("de", "Was habe ich hier bestellt?"),
        ("es", "el lunes que viene"),
        ("fr", "lundi prochain"),
        ("nl", "volgende maandag"),
        ("pt", "na segunda ligação"),
        ("en", ""),
        ("en", "   "),
        ("en", "\x00\ud800"),
    ],
)
def test_other_questions_are_about_no_time(language: str, question: str) -> None:
    """A question without a time, about one to come, or with words that only look like one, is left as it is."""
    found = asked(question, language=language)
    assert not found.has_time
    assert found.words == " ".join(question.split())


@pytest.mark.parametrize(
    ("question", "words", "is_time_alone"),
    [
        ("What did I say yesterday?", "What did I say ?", True),
        ("What did I say about the lamp yesterday?", "What did I say about the lamp ?", False),
        ("Which lamp did I order last week", "Which lamp did I order", False),
        ("last time", "", True),
        ("What did we talk about on Monday?", "What did we talk about on Monday?", True),
        ("When is my appointment on Monday?", "When is my appointment on Monday?", False),
    ],
)
def test_rest_of_the_question_is_what_is_looked_for(question: str, words: str, is_time_alone: bool) -> None:
    """`Yesterday` in an earlier call was another day, and is not looked for; the name of a day may be what was told."""
    found = asked(question)
    assert (found.words, found.is_time_alone) == (words, is_time_alone)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What did she want the last time she called?"),
        ("en", "Why did he contact us yesterday?"),
        ("de", "Weshalb hat sie sich beim ersten Anruf gemeldet?"),
        ("es", "¿Cuál fue el motivo de la última llamada?"),
        ("fr", "Quel était le motif de son premier appel ?"),
        ("it", "Perché ha chiamato la prima volta?"),
        ("nl", "Wat was de reden van het vorige gesprek?"),
        ("pl", "Dlaczego dzwonił ostatnim razem?"),
        ("pt", "O que ela pediu na última ligação?"),
        ("sv", "Varför ringde hon igår?"),
        ("en", "What was her concern when she first got in touch?"),
        ("de", "Worüber hat er sich beim vorletzten Mal beschwert?"),
        ("es", "¿Cuál fue su queja en la primerísima llamada?"),
        ("fr", "De quoi s'est-il plaint au tout premier appel ?"),
        ("it", "Qual era il problema quando ha telefonato la prima volta?"),
        ("nl", "Wat was haar klacht bij het allereerste gesprek?"),
        ("pl", "Z czym zgłosiła się za pierwszym razem?"),
        ("pt", "Qual foi a reclamação dela no primeiro contato?"),
        ("sv", "Vad klagade hon på i det allra första samtalet?"),
    ],
)
def test_question_why_somebody_called_is_about_a_time_alone(language: str, question: str) -> None:
    """What was wanted in a call is all that it was about."""
    found = asked(question, language=language)
    assert found.has_time
    assert found.is_time_alone


@pytest.mark.parametrize("language", TIME_WORDS)
@pytest.mark.parametrize("kind", TIME_WORDS["en"].phrases)
def test_every_language_has_every_kind_of_time(language: str, kind: str) -> None:
    """A kind of time that one language has words for, all have; but for the night, which some call the evening."""
    assert kind in TIME_WORDS[language].phrases or kind == "last_night"


@pytest.mark.parametrize(
    ("language", "question", "first", "last"),
    [
        ("en", "What did I say in May?", "2026-05-01", "2026-05-31"),
        ("en", "the invoice from December", "2025-12-01", "2025-12-31"),
        ("en", "back in November", "2026-11-01", "2026-11-30"),
        ("en", "May 2024", "2024-05-01", "2024-05-31"),
        ("en", "on the 3rd of May", "2026-05-03", "2026-05-03"),
        ("en", "on May 3rd, 2025", "2025-05-03", "2025-05-03"),
        ("en", "Dec 24", "2025-12-24", "2025-12-24"),
        ("en", "on 29 February", "2024-02-29", "2024-02-29"),
        ("en", "2025-05-03", "2025-05-03", "2025-05-03"),
        ("en", "in 2024", "2024-01-01", "2024-12-31"),
        ("en", "before May 2025", "1970-01-02", "2025-04-30"),
        ("en", "since October", "2026-10-01", "2026-11-28"),
        ("en", "after the 3rd of May 2026", "2026-05-04", "2026-11-28"),
        ("de", "Was habe ich im Mai gesagt?", "2026-05-01", "2026-05-31"),
        ("de", "am 3. Mai 2025", "2025-05-03", "2025-05-03"),
        ("de", "vor dem 3. März", "1970-01-02", "2026-03-02"),
        ("de", "seit Januar", "2026-01-01", "2026-11-28"),
        ("es", "¿Qué pedí en mayo?", "2026-05-01", "2026-05-31"),
        ("es", "el 3 de mayo de 2025", "2025-05-03", "2025-05-03"),
        ("fr", "Qu'ai-je commandé en août ?", "2026-08-01", "2026-08-31"),
        ("fr", "le 3 mai", "2026-05-03", "2026-05-03"),
        ("it", "Cosa ho ordinato a maggio?", "2026-05-01", "2026-05-31"),
        ("it", "il 3 maggio 2025", "2025-05-03", "2025-05-03"),
        ("nl", "Wat heb ik in mei besteld?", "2026-05-01", "2026-05-31"),
        ("nl", "op 3 mei", "2026-05-03", "2026-05-03"),
        ("pl", "Co zamówiłem w maju?", "2026-05-01", "2026-05-31"),
        ("pl", "3 maja 2025", "2025-05-03", "2025-05-03"),
        ("pt", "O que pedi em março?", "2026-03-01", "2026-03-31"),
        ("pt", "no dia 3 de maio", "2026-05-03", "2026-05-03"),
        ("sv", "Vad beställde jag i maj?", "2026-05-01", "2026-05-31"),
        ("sv", "den 3 maj 2025", "2025-05-03", "2025-05-03"),
        ("ja", "in May", "2026-05-01", "2026-05-31"),
    ],
)
def test_dates_months_and_years_are_times(language: str, question: str, first: str, last: str) -> None:
    """
    A date, a month or a year is the last one that has begun, and may be what lies before or after it.

    A date may be looked for itself. The words of a time before or after one leave the question: nobody said them.
    """
    assert days(question, language=language, timezone=BERLIN) == (first, last)
    is_open = first == "1970-01-02" or last == "2026-11-28"
    assert asked(question, language=language).words == ("" if is_open else question)


def test_month_may_be_that_of_an_earlier_year() -> None:
    """A month without a year may be each one of the last years, the newest first; one with a year is that alone."""
    spans = asked("What did he order in May?").spans
    years = [datetime.fromtimestamp(span.since_s, UTC).year for span in spans]
    assert years == [2026, 2025, 2024, 2023, 2022, 2021]
    assert len(asked("May 2025").spans) == 1


@pytest.mark.parametrize(
    "question",
    [
        *("May I come in?", "She may want a refund", "march to the door", "on 30 February", "in May 2027", "room 2025"),
        *(
            "4711 2024 12",
            "the order of 3 lamps",
            "augustus",
            "in mayonnaise",
            "",
            "\x00 may \ud800",
        ),
    ],
)
def test_word_that_looks_like_a_month_is_no_time(question: str) -> None:
    """`May` is also a verb, a month to come is not that of a call, and there is no 30 February."""
    assert not asked(question).has_time


@pytest.mark.parametrize(
    ("language", "first_call", "before_last"),
    [
        ("en", "What did we discuss in the first call?", "What was said the time before last?"),
        ("de", "Worum ging es beim ersten Mal?", "Was war beim vorletzten Anruf?"),
        ("es", "¿Cuándo llamó por primera vez?", "¿De qué hablamos la penúltima vez?"),
        ("fr", "De quoi a-t-on parlé la première fois ?", "De quoi a-t-on parlé l'avant-dernière fois ?"),
        ("it", "Di cosa abbiamo parlato la prima volta?", "Di cosa abbiamo parlato la penultima volta?"),
        ("nl", "Waarover spraken we de eerste keer?", "Waarover spraken we de voorlaatste keer?"),
        ("pl", "Kiedy zadzwonił po raz pierwszy?", "O czym rozmawialiśmy przedostatnim razem?"),
        ("pt", "Quando ligou pela primeira vez?", "Sobre o que falamos da penúltima vez?"),
        ("sv", "Vad pratade vi om första gången?", "Vad pratade vi om näst sista gången?"),
    ],
)
def test_calls_are_named_by_their_order(language: str, first_call: str, before_last: str) -> None:
    """The first call and the one before the last are meant, whenever they were."""
    assert asked(first_call, language=language).call == FIRST_CALL
    assert asked(before_last, language=language).call == -2


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "When did he last call?"),
        ("en", "When did the caller last call us?"),
        ("en", "When did Marta last phone?"),
        ("en", "When was the last time she called?"),
        ("en", "When was their most recent call?"),
        ("de", "Wann hat er zuletzt angerufen?"),
        ("es", "¿Cuándo llamó por última vez?"),
        ("fr", "Quand a-t-il appelé pour la dernière fois ?"),
        ("it", "Quando ha chiamato l'ultima volta?"),
        ("nl", "Wanneer belde hij voor het laatst?"),
        ("pl", "Kiedy ostatnio dzwonił?"),
        ("pt", "Quando ligou pela última vez?"),
        ("sv", "När ringde hon senast?"),
    ],
)
def test_when_somebody_last_called_is_the_last_call(language: str, question: str) -> None:
    """`When did he last call?` is about the last call, and about nothing else."""
    found = asked(question, language=language)
    assert (found.is_last_call, found.is_time_alone) == (True, True)


@pytest.mark.parametrize(
    ("language", "question", "event", "is_before"),
    [
        ("en", "What was the address before the move?", "move", True),
        ("en", "Where did she live before she moved to Lund?", "moved to Lund", True),
        ("en", "What changed after the surgery?", "surgery", False),
        ("en", "What has he ordered since his birthday?", "birthday", False),
        ("en", "Before the accident, which car did he drive?", "accident", True),
        ("en", "after the second surgery what did she take?", "second surgery", False),
        ("de", "Wie war die Adresse vor dem Umzug?", "Umzug", True),
        ("de", "Was nahm sie nach der Operation?", "Operation", False),
        ("es", "¿Cuál era la dirección antes de la mudanza?", "mudanza", True),
        ("fr", "Quelle était l'adresse avant le déménagement ?", "déménagement", True),
        ("fr", "Quel régime depuis l'opération ?", "opération", False),
        ("it", "Qual era l'indirizzo prima del trasloco?", "trasloco", True),
        ("nl", "Wat was het adres voor de verhuizing?", "verhuizing", True),
        ("pl", "Jaki był adres przed przeprowadzką?", "przeprowadzką", True),
        ("pt", "Qual era o endereço antes da mudança?", "mudança", True),
        ("sv", "Vad var adressen före flytten?", "flytten", True),
        ("de", "Wo hat sie vor dem Umzug gewohnt?", "Umzug", True),
        ("de", "Was war nach der zweiten Geburt?", "zweiten Geburt", False),
        ("nl", "Waar heeft hij voor de verhuizing gewoond?", "verhuizing", True),
        ("en", "What address did they have before moving?", "moving", True),
        ("fr", "Où vivait-elle avant de déménager ?", "déménager", True),
        ("en", "What did he complain about shortly after the delivery?", "delivery", False),
    ],
)
def test_what_happened_is_a_time(language: str, question: str, event: str, is_before: bool) -> None:
    """`Before the move` is a time: before what the question names in its own words."""
    found = asked(question, language=language).event
    assert found is not None
    assert (found.words, found.is_before) == (event, is_before)


@pytest.mark.parametrize(
    "question",
    [
        *("What do I need before my appointment?", "before the next visit", "Can you call before 5 pm?", "before noon"),
        *("Why did she call a few days before the party?", "Which car did she own before the current one?"),
        *("Was it before or after?", "before", "since when", "after all of that was said he left and then came back"),
    ],
)
def test_what_is_to_come_is_no_time_of_calls(question: str) -> None:
    """What is still to come divides no calls."""
    assert asked(question).event is None


@given(
    question=st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "last",
                "on",
                "in",
                "may",
                "before",
                "the",
                "i",
                "ago",
                "1",
                "2024",
                "days",
                "前",
                "月",
                "十",
                "전",
                "से",
                "önce",
            ]
        )
    ).map(" ".join),
    language=st.sampled_from([*TIMES, None, "", "xx"]),
    at_s=st.integers(0, 253_402_300_799),
    timezone=st.sampled_from(["UTC", NEW_YORK, "Pacific/Kiritimati"]),
)
def test_any_question_is_understood_somehow(question: str, language: str | None, at_s: int, timezone: str) -> None:
    """No question, in no language and at no moment, is an error; a time that is found is not empty."""
    span = understand(question, language=language, at_s=at_s, timezone=timezone).span
    assert span is None or span.since_s < span.until_s
