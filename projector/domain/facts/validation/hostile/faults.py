"""Says why a text must be no memory: markup, links, commands and claims, words of the prompt's examples."""

import re
import unicodedata

from projector.domain.facts.statement import Reason
from projector.domain.facts.told.tokens import MARKS
from projector.domain.facts.validation.hostile.commands import is_command
from projector.domain.facts.validation.hostile.links import holds_link, without_files
from projector.domain.facts.validation.hostile.orders import is_order

# The examples of the prompt are of another world; what says one of their words was copied from there.
EXAMPLE_WORDS = ("zzyzx", "quorblat", "vrimbly", "snorfex")
_EXAMPLES = re.compile(rf"(?<!\w)(?:{'|'.join(EXAMPLE_WORDS)})", re.IGNORECASE)
_JOINERS = "\u200c\u200d"
_BRACES = re.compile(
    r"[{}<>`\\|]|\$\(|\[\[|\]\]|(?<!\w )--|--(?! \w)|;\s*(?:drop|delete|select|insert|update|alter|exec)\b|/\*|\*/|"
    r"\b(?:drop|alter|truncate)\s+table\b|\bunion\s+select\b|\bor\s+1\s*=\s*1\b|#{2,}|\*{2,}|[\[\]]|&#?\w{1,8};|"
    rf"%(?:7[bd]|3c|3e)|\bsudo\b|\brm -|(?<![\w{MARKS}])@\w|"
    # `Nimbus_24` is the name of a network; `is_admin` and `system__caller_id` are of a machine.
    r"(?<![\w.@\-])(?![^\W\d_]+_\d+(?!\w))\w+_\w+(?![\w.\-]*@)\b",
    re.IGNORECASE,
)
# One word of two scripts: a letter that only looks like the other.
_MIXED = re.compile(r"[a-zA-Z][^\W\d_]*[\u0370-\u052f]|[\u0370-\u052f][^\W\d_]*[a-zA-Z]")


def fault_of(
    text: str, language: str, *, is_promise: bool, is_agents: bool = False, addresses: int = 0
) -> Reason | None:
    """
    Return why a text must be no memory; None where nothing speaks against it.

    Args:
        language: of the text, ISO 639-1.
        is_promise: whether it may grant something: what an agent grants is no claim of the caller.
        is_agents: whether an agent said it.
        addresses: how many e-mail addresses may be spoken in it.
    """
    if any(
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and char not in _JOINERS for char in text
    ):
        return "markup"
    text = unicodedata.normalize("NFKC", text)
    if _EXAMPLES.search(text):
        return "leaked_example"
    if _BRACES.search(without_files(text)) or _MIXED.search(text):
        return "markup"
    if holds_link(text, language, addresses=addresses):
        return "link"
    return "order" if is_order(text, is_promise=is_promise) or is_command(text, is_agents=is_agents) else None
