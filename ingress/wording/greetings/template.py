"""How a greeting is worded in one language."""

from msgspec import Struct

from projector.domain.greetings.topic_words import Topic
from projector.domain.greetings.vocabulary import UNSPACED, language_key


class Template(Struct, frozen=True):
    """
    The greetings of one language.

    `named` and `unnamed` welcome a caller and ask what it is about; `named` holds `{name}`, `unnamed` is for unknown
    names. `welcome_named` and `welcome_unnamed` welcome alone; of `topics` a question follows them, by its topic.
    `outbound` is said to somebody who is called, whoever answers: it names nobody. Each but the first two may be empty.
    """

    named: str
    unnamed: str
    outbound: str = ""
    welcome_named: str = ""
    welcome_unnamed: str = ""
    topics: dict[Topic, str] = {}


def of_parts(
    language: str,
    *,
    named: str,
    unnamed: str,
    help_: str,
    parcel: str,
    appointment: str,
    order: str,
    repair: str,
    outbound: str,
) -> Template:
    """
    Return the template of a language, of a welcome and of the questions that may follow it.

    Args:
        named, unnamed: the welcome, with `{name}` and without.
        help_: the question for what we can do.
    """
    between = gap(language)
    return Template(
        named=f"{named}{between}{help_}",
        unnamed=f"{unnamed}{between}{help_}",
        outbound=outbound,
        welcome_named=named,
        welcome_unnamed=unnamed,
        topics={"parcel": parcel, "appointment": appointment, "order": order, "repair": repair},
    )


def gap(language: str) -> str:
    """Return what stands between two sentences of a language, of which this is a BCP 47 tag."""
    return "" if language_key(language) in UNSPACED else " "


def template_key(language: str) -> str:
    """Return the key of a language's template: the BCP 47 tag in lower case, with hyphens."""
    return language.strip().lower().replace("_", "-")


def nearest_key(language: str, templates: dict[str, Template]) -> str | None:
    """
    Return the key of the template for a language; None where there is none.

    Args:
        language: a BCP 47 tag. `pt-br` falls back to `pt`, and `zh-hant-mo` to `zh-hant` and then to `zh`.
        templates: by `template_key`.
    """
    tag = template_key(language)
    while tag not in templates:
        tag, hyphen, _ = tag.rpartition("-")
        if not hyphen:
            return None
    return tag
