"""The sections of a caller's page on facts: what is so, what it superseded, their proofs, and corrections."""

from collections.abc import Callable, Iterator, Sequence

from events.process.terminal import count_of
from projector.domain.days import spoken_date
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told_facts import is_planned
from projector.domain.memories import FactSource
from projector.read_side.facts import FactTold, sensitive_words, when_so
from projector.read_side.story.html_text import anchor, html_text

# Returns the second of a call as HTML, which plays it where there is a recording.
At = Callable[[str, int], str]


def open_facts(facts: Sequence[FactTold], at: At) -> Iterator[str]:
    """Yield cards of issues or promises that are open."""
    for memory, fact in facts:
        words = f"<h3>{_label(fact.about, fact.attribute)}</h3><p dir='auto'>{html_text(fact.value)}</p>"
        yield f"<div class='card issue'>{words}{_when(memory, fact)}{_proofs(fact.sources, at)}</div>\n"


def fact_section(title: str, facts: Sequence[FactTold], at: At) -> Iterator[str]:
    """Yield a section of facts, what was so struck out; nothing where there are none."""
    if not facts:
        return
    yield f"<section class='learned'><h2>{title}</h2><div class='card'><table>\n"
    for memory, fact in facts:
        value = html_text(fact.value)
        is_so = memory.is_current or is_planned(memory)
        words = f"{value if is_so else f'<s>{value}</s>'}{_when(memory, fact)}{_proofs(fact.sources, at)}"
        yield f"<tr><th>{_label(fact.about, fact.attribute)}</th><td dir='auto'>{words}</td></tr>\n"
    yield "</table></div></section>\n"


def line_section(title: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield a section of lines, folded; nothing where there are none."""
    if lines:
        yield f"<section class='learned'><h2>{title}</h2><details class='card'>"
        yield f"<summary>{count_of(len(lines), 'line')}</summary><ul>\n"
        yield from (f"<li dir='auto'>{html_text(line.strip())}</li>\n" for line in lines)
        yield "</ul></details></section>\n"


def _label(about: str, attribute: str) -> str:
    words = attribute.replace("_", " ")
    return html_text(words if about == CALLER else f"{about}, {words}")


def _when(*told: *FactTold) -> str:
    memory, fact = told
    return f"<p class='soft'>{html_text(when_so(memory, fact) + sensitive_words(fact))} <code>{memory.id}</code></p>"


def _proofs(sources: Sequence[FactSource], at: At) -> str:
    return f"<ul>{''.join(f'<li>{_proof(source, at)}</li>' for source in sources)}</ul>"


def _proof(source: FactSource, at: At) -> str:
    day = html_text(spoken_date(source.said_at_s, "UTC") or "its call")
    if source.kind == "operator":
        return f"<span class='soft'>Corrected by a person, {day}: {html_text(source.value)}</span>"
    call = f"<a class='soft' href='#{anchor(source.conversation_id)}'>{day}</a>"
    if source.kind == "collected":
        return f"<span dir='auto'>Collected: {html_text(source.value)}</span> {call}"
    second = at(source.conversation_id, source.second) if source.second is not None else ""
    return f"{second}<q dir='auto'>{html_text(source.quote)}</q> {call}"
