"""Tells links: written, and spoken as `evil dot example slash login`; and what only looks like one."""

# ruff: noqa: RUF001 - words of many alphabets

import re
from collections.abc import Sequence

from projector.domain.facts.told.tokens import MARKS, tokens_of
from projector.domain.facts.told.word_kinds import WordKind
from projector.domain.facts.told.word_list import words

_LINK = re.compile(
    r"(?:https?|ftp|javascript|data|file|tel|mailto)\s*:\s*/{0,2}\S|www\.|\b\d{1,3}(?:\.\d{1,3}){3}\b|"
    r"(?<![\w@.\-])[\w\-]+(?:\.[\w\-]+)*\.(?:com|net|org|info|io|biz|xyz|ru|top|link|click|shop|app|dev|ai|co|me|ly|gg)"
    r"(?:/|\b)(?!\w*@)|(?<![\w@.\-])[\w\-]+\.[^\W\d_]{2,}/\w|"
    # `evil.de`, and no `3.5mg`, `e.g.` or `Mon.Tue`, whose second word has a capital.
    r"(?<![\w@.\-])(?=[\w\-]*[^\W\d_])"
    r"[\w\-]+(?:\.[\w\-]+)*\.(?-i:[a-z]{2,}|[A-Z]{2,})(?![\w@])",
    re.IGNORECASE,
)
ADDRESS = re.compile(rf"[\w{MARKS}.+\-]+@[\w{MARKS}\-]+(?:\.[\w{MARKS}\-]+)+")
# No top-level domain is called so (IANA's list): the ending of a file, or of the name of a tool.
_ENDINGS = (
    "jsx?|tsx?|pdf|jpe?g|png|gif|bmp|tiff?|heic|webp|svg|docx?|odt|rtf|txt|csv|tsv|xlsx?|ods|pptx?|odp|html?|xml|json|"
    "ya?ml|css|php|cpp|exe|dll|msi|apk|iso|bat|mp3|mp4|m4a|wav|avi|mkv|webm|rar|7z|gz|tar|epub|mobi|bak|log|ini|dwg|"
    "stl|psd|eps|ics|vcf|eml|pst|jar|sql"
)
_FILE = re.compile(
    rf"(?<![\w@./\-])[\w\-]+(?:\.\d[\w\-]*)*\.(?:{_ENDINGS})(?![\w@/]|\.\w)|"
    r"(?<![\w@./\-])(?:asp|vb|ado|ml)\.net(?![\w@/\-]|\.\w)",
    re.IGNORECASE,
)

_DOTS = words("dot punkt punto point ponto kropka punt prick ドット точка nokta डॉट")
_SLASHES = WordKind(
    """
    slash schrägstrich barra barre barre_oblique ukośnik schuine_streep snedstreck forward_slash слэш backslash
    """
)
_SCHEMES = WordKind(
    """
    www w_w_w http https h_t_t_p h_t_t_p_s double_u_double_u triple_w drei_w three_w_s colon_slash
    doppelpunkt_schrägstrich uve_doble_uve_doble dos_puntos_barra deux_points_barre trois_w
    """
)
_DOMAINS = words(
    """
    com net org info io biz xyz ru top link click shop app dev ai co me ly gg tv cc ws su site online store web cloud
    live world club icu vip page website space fun pro tech gov edu mil int eu uk de fr es it nl pl pt se jp cn ch at be
    br mx us ca au dk no fi ie cz in kr tr ua gr ro hu nz za ar cl example test invalid localhost onion local internal
    ком ру орг рф
    """
)
# These stand after a word for a dot, too: `en punto de`, `le point est`.
_NO_DOMAINS = {
    "de": words("in es at"),
    "en": words("me in it at be no us ca"),
    "es": words("de es me no se su in"),
    "fr": words("de es se in me info"),
    "it": words("de in se me no ai"),
    "nl": words("in de me es be"),
    "pl": words("no de se"),
    "pt": words("de se me no es"),
    "sv": words("in de se at"),
}
_ARTICLES = words("ao à en al the a an this that my der das ein el un le il uno o um de het en ett")
_ATS = words("at arroba arobase małpa chiocciola apenstaartje snabel snabela ät klammeraffe işareti एट ऐट")
_SIGNS = re.compile(
    r"(?:ドット|点|點|닷|점)\s*(?:コム|ネット|ジェーピー|オーグ|com|net|org|co|jp|cn|kr|컴|넷)", re.IGNORECASE
)


def without_files(text: str) -> str:
    """Return a text with blanks in place of the names of files and tools, which only look like links."""
    return _FILE.sub(" ", text)


def spoken_ats(text: str) -> int:
    """Return how often a text says the sign of an e-mail address by its name."""
    return sum(token.text in _ATS for token in tokens_of(text))


def holds_link(text: str, language: str, *, addresses: int) -> bool:
    """
    Tell whether a text holds a link, written or spoken.

    Args:
        language: of the text, ISO 639-1.
        addresses: how many e-mail addresses may be spoken in it.
    """
    if _LINK.search(ADDRESS.sub(" ", without_files(text))):
        return True
    told = [token.text for token in tokens_of(text)]
    return _SCHEMES.is_in(told) or _has_path(told) or _domains(text, told, language) > addresses


def _has_path(told: Sequence[str]) -> bool:
    """Tell whether a slash is spoken after a dot: `evil dot example slash login`."""
    return any(
        word in _DOTS and any(_SLASHES.length_at(told, place) for place in range(at + 2, min(at + 6, len(told))))
        for at, word in enumerate(told[:-1])
        if at
    )


def _domains(text: str, told: Sequence[str], language: str) -> int:
    """Return how many domains are spoken: `evil dot com`, and not `the dot com years`."""
    domains = _DOMAINS - _NO_DOMAINS.get(language, frozenset())
    spoken = [
        at
        for at in range(1, len(told) - 1)
        if told[at] in _DOTS and told[at + 1] in domains and told[at - 1] not in _ARTICLES
    ]
    return len(spoken) + len(_SIGNS.findall(text))
