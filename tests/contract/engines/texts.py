"""Things that callers say and agents ask, on which an index may stumble."""

import unicodedata


def decomposed(text: str) -> str:
    """Return a text with its accents as separate characters."""
    return unicodedata.normalize("NFD", text)


SPOKEN = (
    ("Ich wohne in der Hauptstraße.", "Hauptstraße"),
    ("Ich wohne in der Hauptstraße.", "HAUPTSTRAßE"),
    ("Frau Müller möchte Brötchen.", "müller"),
    ("Frau Müller möchte Brötchen.", "BRÖTCHEN"),
    ("Frau Müller möchte Brötchen.", "Muller"),
    ("Mein Enkel heißt Jörg.", "Wie heißt Ihr Enkel?"),
    ("Mi niño tiene cuatro años.", "¿Cuántos años tiene su niño?"),
    ("Mi niño tiene cuatro años.", "nino"),
    ("El señor Núñez llamará mañana.", "mañana"),
    ("Le garçon préfère le café.", "CAFÉ"),
    ("Żona ma na imię Łucja.", "Łucja"),
    ("Min fru heter Åsa.", "åsa"),
    ("Moje jméno je Dvořák.", "Dvorak"),
    ("Меня зовут Анна.", "анна"),
    ("Με λένε Νίκο.", "ΝΊΚΟ"),
    ("Με λένε Νίκος.", "νίκος"),
    ("İstanbul'da oturuyorum.", "İstanbul"),
    ("שמי דנה", "דנה"),
    ("اسمي ليلى", "ليلى"),
    (decomposed("Frau Müller möchte Brötchen."), "Müller"),
    ("Frau Müller möchte Brötchen.", decomposed("Müller")),
    ("Mi niño tiene cuatro años.", decomposed("niño")),
)
HOSTILE = (
    "",
    " ",
    "\x00",
    "son\x00",
    "\x00son",
    '"',
    '""',
    '"son',
    'son"',
    '" OR "1"="1',
    "'",
    "'; DROP TABLE segments; DELETE FROM words; --",
    "*",
    "son*",
    "^son",
    "son -dog",
    "-",
    "+",
    "NOT son",
    "NOT",
    "AND",
    "OR OR OR",
    "son NEAR dog",
    "NEAR(son dog, 5)",
    "said : son",
    "caller : *",
    "{said asked} : son",
    "rowid:1",
    "(son",
    "son)",
    "((((((((((",
    "%",
    "_",
    "s_n",
    "?",
    ":caller",
    "\\",
    "{{query}}",
    "👨‍👩‍👧 🐕",
    "\u202eson\u202c",
    "\u200b",
    "שלום son",
    "مرحبا",
    "\ud800",
    "\U0010ffff",
    "²³¹ ½ Ⅷ ㊿",
    "\n\r\t",
    "NULL",
    "x" * 100_000,
    "son " * 25_000,
    "(" * 100_000,
    " ".join(f"word{n}" for n in range(10_000)),
)


def as_id(query: str) -> str:
    """Return the name of a text in a test's id."""
    return ascii(query[:20])
