"""The settings of the first message."""

from typing import Literal

import msgspec

from events.process.environment import Environment
from events.process.settings.setting import Choice, Flag, Json, Text
from ingress.wording.greetings.greeting import DEFAULT_GREETING, DEFAULT_OUTBOUND_GREETING, TEMPLATES
from ingress.wording.greetings.template import Template, template_key

Detail = Literal["name", "topic", "model"]
GREETING = Text(
    "DEFAULT_GREETING",
    "told",
    "the `greeting` of a caller who is not known",
    "Good day! What can I do for you?",
    default=DEFAULT_GREETING,
)
OUTBOUND_GREETING = Text(
    "DEFAULT_OUTBOUND_GREETING",
    "told",
    "the `outbound_greeting` of somebody whose language is not known",
    "Good day, this is Example Ltd. Do you have a moment?",
    default=DEFAULT_OUTBOUND_GREETING,
)
GREETINGS = Json(
    "GREETINGS",
    "told",
    "greetings of returning callers by language, over the built-in ones ([more](#told))",
    '{"en": {"named": "Hi again, {name}!", "unnamed": "Hi again!"}}',
)
GREETING_DETAIL = Choice(
    "GREETING_DETAIL",
    "told",
    "what a greeting says of a caller: the name, also a topic that is open, or what a model proposed"
    " ([more](elevenlabs-setup.md#what-the-greeting-says))",
    "topic",
    default="name",
    choices=("name", "topic", "model"),
)
FIRST_MESSAGE_OVERRIDE = Flag(
    "FIRST_MESSAGE_OVERRIDE",
    "told",
    "whether returning callers get a `first_message` override, which the agent must allow",
    "false",
    more="Otherwise use `{{greeting}}` in the agent's own first message",
    default=True,
)


def read_detail(env: Environment) -> Detail:
    """Return what a greeting says."""
    detail: Detail = msgspec.convert(GREETING_DETAIL.read(env), Detail)
    return detail


def read_greetings(env: Environment) -> dict[str, Template]:
    """Return the templates by language: the built-in ones, and those of the setting over them."""
    given = env.json(GREETINGS.name, dict[str, Template], {})
    for language, template in given.items():
        if "{name}" not in template.named or "{name}" in template.unnamed:
            env.fault(GREETINGS.name, f"for {language!r} needs {{name}} in `named`, and must not have it in `unnamed`")
        if bool(template.welcome_named) != bool(template.welcome_unnamed):
            env.fault(GREETINGS.name, f"for {language!r} needs both `welcome_named` and `welcome_unnamed`, or neither")
        if template.welcome_named and "{name}" not in template.welcome_named:
            env.fault(GREETINGS.name, f"for {language!r} needs {{name}} in `welcome_named`")
        nameless = (template.welcome_unnamed, template.outbound, *template.topics.values())
        if any("{name}" in text for text in nameless):
            env.fault(GREETINGS.name, f"for {language!r} may have {{name}} in `named` and `welcome_named` alone")
    return TEMPLATES | {template_key(language): template for language, template in given.items()}
