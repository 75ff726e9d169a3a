"""The greeting: the first message to a caller, in the language of the caller's last call."""

from collections.abc import Sequence

from ingress.wording.greetings.address import said_to
from ingress.wording.greetings.elsewhere import ELSEWHERE
from ingress.wording.greetings.european import EUROPEAN
from ingress.wording.greetings.template import Template, gap, nearest_key
from ingress.wording.spoken_name import address_of, spoken_name
from projector.domain.greetings.agents_call import AgentsCall
from projector.domain.greetings.proposal import Matter, fault_of_proposal
from projector.domain.greetings.topic_words import Topic
from projector.domain.greetings.vocabulary import language_key
from projector.domain.memories import CallerView

DEFAULT_GREETING = "Hello! How can I help you today?"
DEFAULT_OUTBOUND_GREETING = "Hello! Do you have a moment to talk?"
# As for search: see `DEFAULT_LANGUAGE` of the embedded engine.
_LANGUAGE_DEFAULT = "en"
_QUESTION_MARKS = frozenset("?\uff1f\u061f")
TEMPLATES = EUROPEAN | ELSEWHERE


def greet(
    view: CallerView,
    templates: dict[str, Template],
    *,
    matters: Sequence[Matter] = (),
    proposed: AgentsCall | None = None,
    proposable: Sequence[Matter] = (),
) -> str | None:
    """
    Return the greeting of a returning caller; None where there is no template of the caller's language.

    A caller whose calls name no language is greeted in English.

    Args:
        templates: by `template_key`.
        matters: what may be asked about, the newest first; none where a greeting names no topic.
        proposed: the agent's newest call with the caller, whose proposal may take the place of ours; None where no
            proposal counts.
        proposable: what a proposal may ask about, besides what is open.
    """
    tag = view.language or _LANGUAGE_DEFAULT
    key = nearest_key(tag, templates)
    if key is None:
        return None
    template, language = templates[key], language_key(key)
    # An operator's own greeting may say what a call must begin with.
    is_ours = template is TEMPLATES.get(key)
    if proposed is not None and is_ours and _may_be_said(proposed, view, language, [*matters, *proposable]):
        return proposed.next_greeting
    name = said_to(address_of(view), language)
    if matters and (asked := _with_topic(template, matters[0].topic, key, is_named=bool(name))):
        return asked.replace("{name}", name)
    return template.named.replace("{name}", name) if name else template.unnamed


def outbound_greeting(view: CallerView | None, templates: dict[str, Template], *, default: str) -> str:
    """
    Return what an agent says first to somebody who is called: nothing of a name, of a topic, or of an earlier call.

    Whoever answers the telephone may be somebody else.

    Args:
        default: is said where the language is not known, or has no template.
    """
    key = nearest_key(view.language, templates) if view is not None and view.language else None
    if key is None:
        return default
    built_in = _built_in(key)
    return templates[key].outbound or (built_in.outbound if built_in is not None else default)


def _may_be_said(call: AgentsCall, view: CallerView, language: str, matters: Sequence[Matter]) -> bool:
    """Tell whether what a model proposed passes the rules for a greeting, by what is known now."""
    if not call.next_greeting or not call.is_alone or call.person != view.person or not view.person:
        return False
    if language_key(call.language) != language:
        return False
    address = address_of(view)
    names = {address, said_to(address, language), spoken_name(view.name)} - {""}
    return fault_of_proposal(call.next_greeting, language, names=names, matters=matters) is None


def _with_topic(template: Template, topic: Topic, key: str, *, is_named: bool) -> str:
    """Return the welcome of a template and the question for a topic; empty where the template has no such."""
    welcome = template.welcome_named if is_named else template.welcome_unnamed
    if not welcome:
        welcome = template.named if is_named else template.unnamed
        # Two questions in a row are answered with one.
        if not _QUESTION_MARKS.isdisjoint(welcome):
            return ""
    built_in = _built_in(key)
    question = template.topics.get(topic) or (built_in.topics[topic] if built_in is not None else "")
    return f"{welcome}{gap(key)}{question}" if question else ""


def _built_in(tag: str) -> Template | None:
    """Return our own template for a language; None where there is none."""
    key = nearest_key(tag, TEMPLATES)
    return TEMPLATES[key] if key is not None else None
