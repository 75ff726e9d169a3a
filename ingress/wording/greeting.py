"""The greeting: the first message to a caller, in the language of the caller's last call."""

from msgspec import Struct

from events.process.environment import Environment
from events.process.settings.setting import Json
from ingress.wording.spoken_name import address_of
from projector.domain.memories import CallerView

GREETINGS = Json(
    "GREETINGS",
    "told",
    "greetings of returning callers by language, over the built-in ones ([more](#told))",
    '{"en": {"named": "Hi again, {name}!", "unnamed": "Hi again!"}}',
)
DEFAULT_GREETING = "Hello! How can I help you today?"
# As for search: see `DEFAULT_LANGUAGE` of the embedded engine.
_LANGUAGE_DEFAULT = "en"


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


def template_key(language: str) -> str:
    """Return the key of a language's template: the BCP 47 tag in lower case, with hyphens."""
    return language.strip().lower().replace("_", "-")


def greet(view: CallerView, templates: dict[str, Template]) -> str | None:
    """
    Return the greeting of a returning caller; None where there is no template of the caller's language.

    A caller whose calls name no language is greeted in English.

    Args:
        templates: by `template_key`. `pt-br` falls back to `pt`, and `zh-hant-tw` to `zh-hant` and then to `zh`.
    """
    tag = template_key(view.language or _LANGUAGE_DEFAULT)
    while tag not in templates:
        tag, hyphen, _ = tag.rpartition("-")
        if not hyphen:
            return None
    template = templates[tag]
    name = address_of(view)
    return template.named.replace("{name}", name) if name else template.unnamed


def read_greetings(env: Environment) -> dict[str, Template]:
    """Return the templates by language: the built-in ones, and those of the setting over them."""
    given = env.json(GREETINGS.name, dict[str, Template], {})
    for language, template in given.items():
        if "{name}" not in template.named or "{name}" in template.unnamed:
            env.fault(GREETINGS.name, f"for {language!r} needs {{name}} in `named`, and must not have it in `unnamed`")
    return TEMPLATES | {template_key(language): template for language, template in given.items()}
