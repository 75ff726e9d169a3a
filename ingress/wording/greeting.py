"""The greeting: the first message to a caller, in the language of the caller's last call."""

from msgspec import Struct

from ingress.wording.spoken_name import address_of
from projector.domain.memories import CallerView

DEFAULT_GREETING = "Hello! How can I help you today?"


class Template(Struct, frozen=True):
    """The greetings of one language: `named` holds `{name}` for the caller's name, `unnamed` is for unknown names."""

    named: str
    unnamed: str


TEMPLATES = {
    "de": Template(
        "Willkommen zurück, {name}! Wie kann ich Ihnen heute helfen?",
        "Willkommen zurück! Wie kann ich Ihnen heute helfen?",
    ),
    "en": Template("Welcome back, {name}! How can I help you today?", "Welcome back! How can I help you today?"),
    "es": Template(
        "¡Qué gusto saludarle de nuevo, {name}! ¿En qué puedo ayudarle hoy?",
        "¡Qué gusto saludarle de nuevo! ¿En qué puedo ayudarle hoy?",
    ),
    "fr": Template(
        "Ravi de vous retrouver, {name} ! Comment puis-je vous aider aujourd'hui ?",
        "Ravi de vous retrouver ! Comment puis-je vous aider aujourd'hui ?",
    ),
    "it": Template(
        "È un piacere risentirla, {name}! Come posso aiutarla oggi?",
        "È un piacere risentirla! Come posso aiutarla oggi?",
    ),
    "nl": Template(
        "Welkom terug, {name}! Waarmee kan ik u vandaag helpen?", "Welkom terug! Waarmee kan ik u vandaag helpen?"
    ),
    "pl": Template("Witamy ponownie, {name}! W czym mogę dziś pomóc?", "Witamy ponownie! W czym mogę dziś pomóc?"),
    "pt": Template(
        "Que bom falar de novo com você, {name}! Como posso ajudar hoje?",
        "Que bom falar de novo com você! Como posso ajudar hoje?",
    ),
    "sv": Template(
        "Välkommen tillbaka, {name}! Hur kan jag hjälpa dig i dag?", "Välkommen tillbaka! Hur kan jag hjälpa dig i dag?"
    ),
}


def greet(view: CallerView, templates: dict[str, Template]) -> str:
    """
    Return the greeting of a returning caller.

    Args:
        templates: by BCP 47 tag in lower case. `pt-br` falls back to `pt`, and every other language to `en`.
    """
    language = (view.language or "en").lower()
    template = templates.get(language) or templates.get(language.split("-")[0]) or templates["en"]
    name = address_of(view)
    return template.named.replace("{name}", name) if name else template.unnamed
