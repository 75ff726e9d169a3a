"""The story of a caller as one page for a browser, which needs nothing from outside but the recordings."""

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.request import pathname2url

from events.process.terminal import count_of
from projector.domain.calls import Turn
from projector.domain.days import spoken_date, spoken_moment
from projector.domain.memories import CallerView, Fact, Memory, is_of
from projector.read_model.records import MissedCall
from projector.read_side.facts import grouped_facts
from projector.read_side.story.facts_page import fact_section, line_section, open_facts
from projector.read_side.story.html_text import anchor, html_text
from projector.read_side.story.learned import Learned, is_issue
from projector.read_side.story.story import CallTold, Story

# By this a page of ours is known, and may be replaced by a newer one.
MARK = "<!doctype html><!-- a caller's page, by ELAOMS -->"
_HERE = Path(__file__).parent


def is_page(path: Path) -> bool:
    """Tell whether a file is a page of ours."""
    try:
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    except OSError:
        return False


def write_page(story: Story, path: Path, *, at: datetime) -> None:
    """
    Write a page into a file that only its owner may read, in one step.

    Raises:
        OSError: it cannot be written; what stood there before is left.
    """
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(page_of(story, folder=path.parent, at=at))
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def page_of(story: Story, *, folder: Path, at: datetime) -> Iterator[str]:
    """
    Yield a page, piece by piece.

    What callers said is text there, and nothing else: it is escaped, and the page's own policy lets no script run but
    the one whose hash it names.

    Args:
        folder: where the page will lie; recordings are named from there.
        at: when it is made.
    """
    style, script = (_HERE / "page.css").read_text(), (_HERE / "page.js").read_text()
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; media-src 'self' file:;"
        " base-uri 'none'; form-action 'none'"
    )
    name = (story.view.name if story.view else "") or "Name not known"
    yield f"{MARK}\n<html lang='en'><head><meta charset='utf-8'>"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield "<meta name='viewport' content='width=device-width, initial-scale=1'><meta name='robots' content='noindex'>"
    yield f"<title>{html_text(name)} ({html_text(story.caller)})</title><style>{style}</style></head><body><main>\n"
    yield from _Page(story, folder).pieces(name, at)
    yield f"</main><script>{script}</script></body></html>\n"


class _Page:
    """Tells one story."""

    def __init__(self, story: Story, folder: Path) -> None:
        self._story = story
        self._learned = dict(grouped_facts(story.of_many))
        self._folder = folder
        self._calls = {each.call.conversation_id: each for each in story.calls}
        self._players = {each.call.conversation_id: f"recording-{n}" for n, each in enumerate(story.calls)}
        self._has_recording = {each.call.conversation_id for each in story.calls if each.recordings}

    def pieces(self, name: str, at: datetime) -> Iterator[str]:
        story = self._story
        keys = ", also known as ".join([story.caller, *story.also_known_as])
        yield f"<header><h1 dir='auto'>{html_text(name)}</h1><p>{html_text(keys)}</p>{_who(story.view)}</header>\n"
        facts = story.view.facts if story.view else ()
        issues = [fact for fact in facts if is_issue(fact)]
        yield from self._issues(issues)
        others = [fact for fact in facts if not is_issue(fact)]
        yield from self._facts("Facts", [fact for fact in others if not fact.is_preference])
        yield from self._facts("Preferences", [fact for fact in others if fact.is_preference])
        for title in ("Known from calls", "Closed issues and promises"):
            yield from fact_section(title, self._learned[title], self._at)
        yield from self._timeline()
        yield from line_section("Corrected", story.corrected)
        yield from line_section("Rejected", story.rejected)
        yield from self._remembered()
        made = f"{at:%d %B %Y, %H:%M} UTC"
        yield f"<p class='soft'>Made on {made}. A newer page is made by <code>projector show --html</code>.</p>\n"

    def _issues(self, issues: Sequence[Fact]) -> Iterator[str]:
        cards = [
            f"<div class='card issue'><h3>{html_text(fact.label)}</h3>"
            f"<p dir='auto'>{html_text(fact.value)}</p>{self._said(fact)}</div>\n"
            for fact in issues
        ]
        cards += open_facts(self._learned["Open issues"], self._at)
        for title, found in (
            ("Open issues", cards),
            ("Open promises", [*open_facts(self._learned["Open promises"], self._at)]),
        ):
            if found:
                yield f"<section id='{title.split()[1]}'><h2>{title}</h2>\n"
                yield from found
                yield "</section>\n"

    def _facts(self, title: str, facts: Sequence[Fact]) -> Iterator[str]:
        if facts:
            yield f"<section id='{title.lower()}'><h2>{title}</h2><div class='card'><table>\n"
            for fact in facts:
                value = f"<td dir='auto'>{html_text(fact.value)}{self._former(fact)}</td>"
                yield f"<tr><th>{html_text(fact.label)}</th>{value}<td>{self._said(fact)}</td></tr>\n"
            yield "</table></div></section>\n"

    def _former(self, fact: Fact) -> str:
        """Return what a fact superseded, the newest first."""
        of = self._newest(fact)
        former: list[Learned] = []
        by_id = {one.memory.id: one for one in self._story.learned}
        while of is not None and of.before is not None and len(former) < len(by_id):
            of = by_id[of.before.id]
            former.append(of)
        if not former:
            return ""
        items = "".join(
            f"<li><s dir='auto'>{html_text(one.value)}</s> {self._source(one.memory)}"
            f"<span class='soft'>{html_text(_day(one.memory))}</span></li>"
            for one in former
        )
        return f"<ul class='superseded'>{items}</ul>"

    def _said(self, fact: Fact) -> str:
        newest = self._newest(fact)
        source = self._source(newest.memory) if newest is not None else ""
        day = spoken_date(fact.occurred_at_s, fact.timezone)
        return f"{source}<a class='soft' href='#{anchor(fact.conversation_id)}'>{html_text(day or 'its call')}</a>"

    def _newest(self, fact: Fact) -> Learned | None:
        """Return the collected value that a fact is."""
        person = self._story.view.person if self._story.view else 0
        return next(
            (
                one
                for one in self._story.learned
                if one.memory.is_current and one.memory.person == person and is_of(fact, one.memory)
            ),
            None,
        )

    def _timeline(self) -> Iterator[str]:
        entries: list[tuple[int, CallTold | MissedCall]] = [(each.call.order[0], each) for each in self._story.calls]
        entries += [(missed.event_timestamp_s, missed) for missed in self._story.missed]
        if entries:
            yield "<section id='timeline'><h2>Timeline</h2>\n"
            # The newest first: whoever opens the page is about to talk to the caller.
            for _, entry in sorted(entries, key=lambda each: each[0], reverse=True):
                yield from self._call(entry) if isinstance(entry, CallTold) else _missed(entry)
            yield "</section>\n"

    def _call(self, told: CallTold) -> Iterator[str]:
        call = told.call
        when = _moment(call.order[0], call.timezone)
        agent = call.agent_name or self._story.agents.get(call.agent_id or "", "")
        by = [told.person, agent, call.direction or "", _length(call.duration_s)]
        yield f"<article class='card' id='{anchor(call.conversation_id)}'><h3>{html_text(call.title or when)}</h3>"
        yield f"<p class='soft'>{html_text(' · '.join(part for part in [when if call.title else '', *by] if part))}</p>"
        if call.summary:
            yield f"<p dir='auto'>{html_text(call.summary)}</p>"
        yield self._player(told)
        if told.taught:
            yield f"<ul class='taught'>{''.join(map(_taught, told.taught))}</ul>"
        if call.turns:
            yield f"<details><summary>{count_of(len(call.turns), 'turn')}</summary>\n"
            for turn in call.turns:
                yield self._turn(told, turn)
            yield "</details>"
        yield f"<p><code>{html_text(call.conversation_id)}, event {told.position}</code></p></article>\n"

    def _player(self, told: CallTold) -> str:
        if not told.recordings:
            return ""
        sources = "".join(
            f"<source src='{html_text(address)}'>" for path in told.recordings for address in self._ways(path)
        )
        return f"<audio controls preload='none' id='{self._players[told.call.conversation_id]}'>{sources}</audio>"

    def _ways(self, recording: Path) -> tuple[str, str]:
        """Return where a recording is from the page: in the log, and beside the page if both were taken elsewhere."""
        there = os.path.relpath(recording.resolve(), self._folder.resolve())
        return pathname2url(there), pathname2url(recording.name)

    def _turn(self, told: CallTold, turn: Turn) -> str:
        who = "caller" if turn.is_caller else "agent"
        memory = told.memory_of(turn)
        id_ = f" <code>{memory.id}</code>" if memory is not None else ""
        at = self._at(told.call.conversation_id, turn.second)
        return f"<p class='turn {who}' dir='auto'>{at}<b>{who.title()}:</b> {html_text(turn.text)}{id_}</p>\n"

    def _source(self, memory: Memory) -> str:
        told = self._calls.get(memory.conversation_id)
        second = told.second_of(memory) if told is not None else None
        return "" if second is None else self._at(memory.conversation_id, second)

    def _at(self, conversation_id: str, second: int) -> str:
        words = f"{second // 60}:{second % 60:02}"
        if conversation_id not in self._has_recording:
            return f"<span class='at'>{words}</span>"
        player = self._players[conversation_id]
        return f"<button type='button' data-audio='{player}' data-second='{second}'>▶ {words}</button>"

    def _remembered(self) -> Iterator[str]:
        story = self._story
        memories = [*story.of_many, *(memory for told in story.calls for memory in told.memories)]
        if memories:
            yield "<section id='memories'><h2>Everything remembered</h2><details class='card'>"
            yield f"<summary>{count_of(len(memories), 'thing')} remembered</summary><table>\n"
            for memory in memories:
                kind = f"{memory.sector}, {memory.kind}, weight {memory.salience:g}"
                words = html_text(memory.text) if memory.is_current else f"<s>{html_text(memory.text)}</s>"
                told = f"{self._source(memory)}<span class='soft'>{html_text(_day(memory))}, {html_text(kind)}</span>"
                yield f"<tr><td dir='auto'>{words}<br>{told} <code>{memory.id}</code></td></tr>\n"
            yield "</table></details></section>\n"


def _who(view: CallerView | None) -> str:
    if view is None or not view.is_returning:
        return "<p>Has not spoken with us yet</p>"
    since = spoken_date(view.first_call_at_s, view.first_call_timezone)
    parts = [count_of(view.call_count, "call"), f"since {since}" if since else "", view.language or ""]
    several = f"<p>Several people call: {html_text(', '.join(one.name for one in view.people))}</p>"
    return f"<p>{html_text(', '.join(part for part in parts if part))}</p>{several if len(view.people) > 1 else ''}"


def _taught(learned: Learned) -> str:
    words = f"<b>{html_text(learned.label)}:</b> {html_text(learned.value)}"
    if learned.again:
        return f"<li dir='auto'>Again {words}</li>"
    if learned.before is None:
        return f"<li dir='auto'>New {words}</li>"
    return f"<li dir='auto'>Changed {words}, before <s>{html_text(learned.before.source.words)}</s></li>"


def _missed(missed: MissedCall) -> Iterable[str]:
    when = _moment(missed.event_timestamp_s, "UTC")
    words = f"<h3>Not reached</h3><p class='soft'>{html_text(when)} · {html_text(missed.reason)}</p>"
    yield f"<article class='card'>{words}<p><code>{html_text(missed.conversation_id)}</code></p></article>\n"


def _moment(at_s: int, timezone: str) -> str:
    return spoken_moment(at_s, timezone) or "time not known"


def _day(memory: Memory) -> str:
    return spoken_date(memory.occurred_at_s, memory.timezone) or "day not known"


def _length(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02} min" if seconds else ""


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
