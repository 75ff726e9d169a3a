"""What people say before their name, in the nine languages: `My name is`, `ich heiße`."""

import re

_INTRODUCTION = re.compile(
    r"(?:"
    r"(?:hi|hello|hey|yes|hallo|hola|bonjour|salut|ciao|buongiorno|dzień dobry|olá|oi|hej|ja|sí|oui|sì|tak|sim)"
    r"[,.!]?\s+"
    r")?(?:"
    r"(?:my|the) (?:full |first )?name(?: is|'s)|i am|i'm|this is|it's spelled|it's|it is|spelled"
    r"|call me|you can call me|name"
    r"|mein name ist|ich bin|ich hei(?:ß|ss)e|hier ist|hier spricht|name ist"
    r"|me llamo|mi nombre es|soy|habla"
    r"|je m'appelle|je suis|mon nom est|c'est"
    r"|mi chiamo|il mio nome è|sono"
    r"|mijn naam is|ik ben|ik heet|met"
    r"|nazywam się|mam na imię|jestem|mówi"
    r"|(?:o )?meu nome é|eu sou|sou|(?:eu )?me chamo|chamo-me"
    r"|jag heter|mitt namn är|jag är|det är"
    r")(?:\s*:\s*|\s+)(?=\S)",
    re.IGNORECASE,
)


def without_introduction(text: str) -> str:
    """
    Return a text without the words that introduce a name: `My name is John` gives `John`.

    Args:
        text: with straight apostrophes.
    """
    return _INTRODUCTION.sub("", text, count=1) if _INTRODUCTION.match(text) else text
