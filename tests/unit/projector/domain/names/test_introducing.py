"""Who speaks in a call, by what is said: names that are the speaker's own, and names that are not."""

import pytest

from projector.domain.names.introducing import proof_in
from projector.domain.names.speaker import Proof

HELLO = "Good morning, how can I help?"


def proof(turn: str, name: str, *before: str, is_first: bool = True) -> Proof | None:
    return proof_in(name.split(), turn, before or (HELLO,), is_first=is_first)


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        ("This is Nadia, Peter's wife.", "Nadia"),
        ("Hi, this is Nadia Berg, I'm calling for my husband Peter.", "Nadia Berg"),
        ("Nadia here, Peter is in hospital.", "Nadia"),
        ("Hello, Nadia Berg speaking.", "Nadia Berg"),
        ("I'm not Peter, my name is Nadia.", "Nadia"),
        ("It's Nadia.", "Nadia"),
        ("It's me, Nadia.", "Nadia"),
        ("Hey, it's Priya again, small crisis.", "Priya"),
        ("Hello, Nadia Berg.", "Nadia Berg"),
        ("Hier ist Ines Matthiesen, ich rufe für meine Mutter an.", "Ines Matthiesen"),
        ("Guten Tag, Matthiesen mein Name.", "Matthiesen"),
        ("Ja, Grabowski am Apparat.", "Grabowski"),
        ("Ich bin's, die Ines.", "Ines"),
        ("Frau Matthiesen, guten Tag.", "Matthiesen"),
        ("Bonjour, je suis Soraya Haddad.", "Soraya Haddad"),
        ("Monsieur Haddad à l'appareil.", "Haddad"),
        ("Hola, soy Amaia, la madre de Iker.", "Amaia"),
        ("Buongiorno, sono la Castagnetti.", "Castagnetti"),
        ("Met Jansen, goedemorgen.", "Jansen"),
        ("Dzień dobry, mówi Anna Nowak.", "Anna Nowak"),
        ("Oi, é a Jandira Falcão.", "Jandira Falcão"),
        ("Hej, jag heter Linnea.", "Linnea"),
        ("Merhaba, Nilgün ben.", "Nilgün"),
        ("Здравствуйте, меня зовут Ольга.", "Ольга"),
        ("السلام عليكم، أنا فهد.", "فهد"),
        ("先日お世話になった村瀬です。", "村瀬"),
        ("최서윤인데요, 배송을 미룰 수 있을까요?", "최서윤"),
        ("你好,我是欧阳慧敏。", "欧阳慧敏"),
        ("I'm, uh, Nadia.", "Nadia"),
        ("Hi, this is Dr. Nadia Berg.", "Nadia Berg"),
        ("hi this is nadia berg", "nadia berg"),
    ],
)
def test_speaker_tells_their_own_name(turn: str, name: str) -> None:
    """Whoever says that a name is theirs, or opens the call with a whole one, is introduced by it."""
    assert proof(turn, name) is Proof.INTRODUCED


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        ("I'm calling for my mother Rosa.", "Rosa"),
        ("I'm Rosa's husband.", "Rosa"),
        ("This is Rosa's daughter.", "Rosa"),
        ("This is for Rosa Alvarez.", "Rosa Alvarez"),
        ("Is this Nadia?", "Nadia"),
        ("Hi, is this Nadia Berg?", "Nadia Berg"),
        ("My wife Nadia here can't have nuts.", "Nadia"),
        ("The table is under the name of Rosa Alvarez.", "Rosa Alvarez"),
        ("Book it for Rosa Alvarez, A-L-V-A-R-E-Z.", "Rosa Alvarez"),
        ("My husband said this is Peter's number.", "Peter"),
        ("He said I'm Peter, but he lied.", "Peter"),
        ("If I'm Peter, what do I owe?", "Peter"),
        ("Can I speak to Rosa?", "Rosa"),
        ("Her name is Rosa.", "Rosa"),
        ("My mother's name is Rosa.", "Rosa"),
        ("Ich bin die Tochter von Rosa.", "Rosa"),
        ("Ich bin Rosas Mann.", "Rosa"),
        ("Meine Mutter heißt Rosa.", "Rosa"),
        ("Je suis la mère de Lilou.", "Lilou"),
        ("C'est pour Lilou Vasseur.", "Lilou Vasseur"),
        ("Soy el marido de Rosa.", "Rosa"),
        ("Llamo de parte de Rosa.", "Rosa"),
        ("Sono il marito di Rosa.", "Rosa"),
        ("Ik bel voor mijn moeder Rosa.", "Rosa"),
        ("Jestem mężem Rosy.", "Rosa"),
        ("Sou o marido da Rosa.", "Rosa"),
        ("Jag är mamma till Linnea.", "Linnea"),
        ("Ben Rosa'nin kiziyim.", "Rosa"),
        ("Я звоню за маму, Ольгу.", "Ольга"),
        ("夫は村瀬です。", "村瀬"),
        ("남편은 박도윤입니다.", "박도윤"),
        ("我妈妈叫欧阳慧敏。", "欧阳慧敏"),
        ("我是欧阳慧敏的妈妈。", "欧阳慧敏"),
        ("村瀬の妻です。", "村瀬"),
        ("최서윤 엄마입니다.", "최서윤"),
        ("أنا أخت فهد.", "فهد"),
        ("Hi, Rosa Alvarez, please.", "Rosa Alvarez"),
        ("Guten Tag, Rosa Alvarez, bitte.", "Rosa Alvarez"),
        ("Hello. Rosa Alvarez. That's the patient.", "Rosa Alvarez"),
        ("Hola, Iker Zubeldia, es mi hijo.", "Iker Zubeldia"),
        ("It's Rosa who needs it.", "Rosa"),
        ("Guten Tag, Rosa Alvarez möchte einen Termin.", "Rosa Alvarez"),
        ("I'm sorry.", "Sorry"),
        ("This is ridiculous.", "Ridiculous"),
    ],
)
def test_name_of_another_is_no_introduction(turn: str, name: str) -> None:
    """A name of somebody of whom the caller speaks, or asks, is shown to be nobody's who speaks."""
    assert proof(turn, name) in (None, Proof.TOLD)


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        ("This is Nadia's husband.", "Nadia"),
        ("I'm Rosa, no sorry, I'm Rosa's sister.", "Rosa"),
        ("Is this Nadia?", "Nadia"),
        ("No soy Ana.", "Ana"),
        ("Don't call me Rosa.", "Rosa"),
        ("Nie jestem Piotr.", "Piotr"),
        ("Ali ben değilim.", "Ali"),
        ("私は村瀬ではありません。", "村瀬"),
        ("저는 김민수가 아닙니다.", "김민수"),
        ("Sono la figlia di Anna.", "Anna"),
    ],
)
def test_name_that_is_denied_or_owns_names_nobody(turn: str, name: str) -> None:
    """Not even a caller of whom no name is known is called so."""
    assert proof(turn, name) is None


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        ("This is Nadia husband speaking.", "Nadia"),
        ("This is Nadia phone.", "Nadia"),
        ("Peter here is six years old.", "Peter"),
        ("Ich bin Peter seine Frau.", "Peter"),
        ("Der Schaden ist hier Keller.", "Keller"),
        ("I suoi dati sono Anna Rossi.", "Anna Rossi"),
        ("Lekarz mówi Piotr ma grypę.", "Piotr"),
        ("Врач говорит Анна больна.", "Анна"),
        ("我是王芳丈夫。", "王芳"),
        ("担当者村瀬です。", "村瀬"),
        ("저는 김민수 아내입니다.", "김민수"),
        ("I got a voicemail: this is Nadia from billing.", "Nadia"),
        ("The woman told me hi I'm Nadia.", "Nadia"),
        ("Rosa Keller. I need an appointment for her.", "Rosa Keller"),
    ],
)
def test_sentence_that_goes_on_about_another_introduces_nobody(turn: str, name: str) -> None:
    """What looks like an introduction is none where the sentence says that somebody else is meant."""
    assert proof(turn, name) is Proof.TOLD


@pytest.mark.parametrize(
    "asked",
    [
        "Thanks, I have your name. What is the patient's name?",
        "Your name is noted. Who is your dentist?",
        "And your company name?",
        "Wie lautet Ihr Hundename?",
    ],
)
def test_last_question_is_what_is_answered(asked: str) -> None:
    """An agent that speaks of the caller's name and asks for another's gets the other's."""
    assert proof("Lena.", "Lena", HELLO, asked, is_first=False) is Proof.TOLD


@pytest.mark.parametrize(
    ("turn", "name", "asked", "expected"),
    [
        ("Rosa Alvarez.", "Rosa Alvarez", "And your name?", Proof.INTRODUCED),
        ("It's Rosa Alvarez.", "Rosa Alvarez", "May I have your full name?", Proof.INTRODUCED),
        ("Rosa Alvarez.", "Rosa Alvarez", "¿Y su nombre?", Proof.OPENED),
        ("Rosa Alvarez.", "Rosa Alvarez", "What is the patient's name?", Proof.TOLD),
        ("It's Rosa Alvarez.", "Rosa Alvarez", "What is your wife called?", Proof.TOLD),
        ("Rosa Alvarez.", "Rosa Alvarez", "Whose name shall I put?", Proof.TOLD),
        ("村瀬です。", "村瀬", "お母様のお名前をお願いします。", Proof.TOLD),
        ("村瀬です。", "村瀬", "お名前をお願いします。", Proof.INTRODUCED),
    ],
)
def test_answer_to_a_question(turn: str, name: str, asked: str, expected: Proof) -> None:
    """A bare name later in a call is the speaker's where the agent asked for it, and in doubt where it may be hers."""
    assert proof(turn, name, HELLO, asked, is_first=False) is expected


def test_who_greets_the_agent_is_not_the_agent() -> None:
    """A name that the agent said before opens no call; one word alone is only as much as a known name."""
    assert proof("Hello, Lisa.", "Lisa", "Lisa from the clinic, good morning.") is Proof.TOLD
    assert proof("Hello, Lisa.", "Lisa") is Proof.OPENED
    assert proof("Hey, Lisa Berg! How are you?", "Lisa Berg") is Proof.OPENED
    assert proof("Hello Lisa, it's about the bill.", "Lisa") is Proof.OPENED
