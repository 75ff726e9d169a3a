"""The commands about callers: show, list, export and forget them, or dump all that is known of them."""

import getpass
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from events.errors import DamagedEventError, JournalError
from events.log.mentions import mentions
from events.open_log import open_log, open_log_there
from events.process import audit, logging
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, echo_json, say
from events.process.terminal import count_of
from events.wire.caller import caller_key, masked
from projector.commands.forgetting.forget import forget_caller
from projector.commands.settings import Settings
from projector.engines.settings import OPENMEMORY_SERVER
from projector.errors import ErasurePendingError, ReadModelMissingError
from projector.read_model.open import open_generations, open_read_model
from projector.read_model.protocol import ReadModel
from projector.read_side.export import LINE_STAYS, export_caller, is_known
from projector.read_side.show import show_caller
from projector.read_side.story.page import is_page, write_page
from projector.read_side.story.story import story_of
from projector.read_side.whole.listing import caller_lines


def show(settings: Settings, number: str, *, page: Path | None = None) -> None:
    """
    Print what is known of a caller, and what may be missing of it; exit 1 if nothing is known.

    Args:
        page: write it into this file, for a browser, and print nothing.
    """
    caller = _caller(settings, number)
    with open_read_model(open_generations(settings.memories_location)) as read_model:
        lines = list(show_caller(read_model, caller, settings.projection.fold.registry()))
        missing = list(_missing(settings, read_model, caller, is_known=bool(lines)))
        if lines and page is not None:
            _write_page(settings, read_model, caller, page)
    if not lines:
        _say(f"nothing is known of {caller}")
    elif page is None:
        click.echo("\n".join(lines))
    for line in missing:
        _say(line)
    if not lines:
        sys.exit(FOUND_SOMETHING)


def _write_page(settings: Settings, read_model: ReadModel, caller: str, page: Path) -> None:
    if page.exists() and not is_page(page):
        raise click.UsageError(f"{page} is no page of ours, and is left as it is: name another FILE")
    story = story_of(read_model, open_log_there(settings.log_location), caller, settings.projection.fold.registry())
    if story is not None:
        _audit(settings, audit.EXPORT, caller)
        write_page(story, page, at=datetime.now(UTC))
        _say(f"written to {page}; it holds what the caller said, and only you may read it")


def _missing(settings: Settings, read_model: ReadModel, caller: str, *, is_known: bool) -> Iterator[str]:
    """Yield why something of a caller, or all, is not known: what could not be folded, or is not folded yet."""
    try:
        payloads, region = open_log_there(settings.log_location), settings.projection.region
    except JournalError:
        return
    faults = read_model.faults()
    faulty = {fault.place.position for fault in faults}
    names = {caller, *read_model.keys_of(read_model.remembered_as(caller))}
    theirs: list[str] = []
    unread = 0
    for fault in faults:
        try:
            if mentions(payloads.event_at(fault.place), names.__contains__, faulty=faulty, region=region):
                theirs.append(str(fault.place.position))
        except DamagedEventError:
            unread += 1
    if theirs:
        yield (
            f"{count_of(len(theirs), 'event')} of this caller could not be folded: position {', '.join(theirs)}."
            " `projector failures` says why, and `projector retry` tries again"
        )
    if is_known:
        return
    if unread:
        yield f"{count_of(unread, 'event')} cannot be read, and may be of this caller: see `projector failures`"
    tail, place = payloads.tail(), read_model.place()
    if (waiting := (tail.position if tail else 0) - (place.position if place else 0)) > 0:
        events = count_of(waiting, "event")
        yield f"{events} of the log, perhaps of this caller, not folded yet: does the projector run?"


def list_callers(settings: Settings, search: str | None, *, is_json: bool) -> None:
    """Print the callers, all or those that a search finds; exit 1 if there are none."""
    is_any = False
    with open_read_model(open_generations(settings.memories_location)) as read_model:
        for line in caller_lines(read_model, search, is_json=is_json):
            is_any = True
            if is_json:
                echo_json(line)
            else:
                click.echo(line)
    if not is_any:
        _say("there are no callers yet" if search is None else f"no caller is found by {search!r}")
        sys.exit(FOUND_SOMETHING)


def dump_all(settings: Settings) -> None:
    """Print every caller and memory as canonical JSON."""
    with open_read_model(open_generations(settings.memories_location)) as read_model:
        for line in read_model.dump():
            echo_json(line)


def export(settings: Settings, number: str) -> None:
    """Print all that is held about a caller as JSON; exit 1 if nothing is."""
    caller = _caller(settings, number)
    payloads = open_log(settings.log_location)
    with open_read_model(open_generations(settings.memories_location)) as read_model:
        if not is_known(read_model, payloads, caller, region=settings.projection.region):
            line = f"; {LINE_STAYS}" if read_model.is_agent_line(caller) else ""
            _say(f"nothing is held about {caller}{line}")
            sys.exit(FOUND_SOMETHING)
        _audit(settings, audit.EXPORT, caller)
        for piece in export_caller(read_model, payloads, caller, region=settings.projection.region):
            echo_json(piece, nl=False)


def forget(settings: Settings, number: str, *, is_sure: bool) -> None:
    """
    Erase a caller, and print what was removed as JSON; exit 1 if that was nothing.

    Args:
        is_sure: do not ask first.
    """
    logging.configure(level="error")
    caller = _caller(settings, number)
    if not is_sure:
        _ask(settings, caller)
    _audit(settings, audit.ERASURE, caller)
    try:
        account = forget_caller(
            open_log(settings.log_location, log_keys=settings.log_keys),
            open_generations(settings.memories_location),
            settings.projection,
            caller,
            tell=_say,
        )
    except ErasurePendingError as error:
        echo_json(msgspec.json.format(error.account, indent=2).decode())
        raise
    echo_json(msgspec.json.format(msgspec.json.encode(account), indent=2).decode())
    if account.unread:
        _say(
            f"{count_of(len(account.unread), 'event')} could not be read, and may name the caller: `projector failures`"
            " lists them; each is searched once it can be read"
        )
    with open_read_model(open_generations(settings.memories_location)) as read_model:
        if read_model.is_agent_line(caller):
            _say(LINE_STAYS)
    if settings.projection.engine.name == OPENMEMORY_SERVER:
        stays = "freed pages of its database, and its note that there was a user of that number"
        _say(f"the OpenMemory server itself may keep {stays}: see docs/engines.md")
    if not account.events and not account.counts:
        outside = ", and the memory engine holds nothing either" if settings.projection.engine.is_outside else ""
        late = "what still arrives of earlier calls is erased as well"
        _say(f"nobody: the log held nothing about {caller}{outside}. Is the number right? If so, {late}")
        sys.exit(FOUND_SOMETHING)


def _ask(settings: Settings, caller: str) -> None:
    """Say who is to be erased, and ask; exit 1 on a no, and 2 if nobody answers."""
    try:
        answer = click.confirm(f"{_who(settings, caller)}\nErase all of it? It cannot be undone", err=True)
    except click.Abort:
        click.echo(err=True)
        _say("nobody answered, and nothing was erased; with --yes, `projector forget` does not ask")
        sys.exit(USED_WRONGLY)
    if not answer:
        _say("nothing was erased")
        sys.exit(FOUND_SOMETHING)


def _who(settings: Settings, caller: str) -> str:
    try:
        with open_read_model(open_generations(settings.memories_location)) as read_model:
            lines = [*caller_lines(read_model, None, only=caller)]
            conversations = len(read_model.conversations(caller))
            others = [key for key in read_model.keys_of(read_model.remembered_as(caller)) if key != caller]
    except ReadModelMissingError:
        return f"{caller}: there are no memories yet, so the log alone is searched."
    if not lines and not conversations:
        return f"{caller}: nobody is known by this key. The log is searched for it all the same."
    held = f"The log holds {count_of(conversations, 'conversation')} of {caller}."
    # Whoever asks to be forgotten under two numbers is forgotten twice.
    apart = f"What {', '.join(others)}, the same person, said in other calls stays." if others else ""
    return "\n".join([*(lines or [caller]), held, *filter(None, [apart])])


def _caller(settings: Settings, number: str) -> str:
    caller = caller_key(number, region=settings.projection.region)
    if caller is None:
        raise click.UsageError(f"{number!r} is neither a phone number nor a key such as user:... or whatsapp:...")
    return caller


def _audit(settings: Settings, action: str, caller: str) -> None:
    trail = audit.AuditTrail(settings.audit_path)
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # in a container the user id may have no name
        user = f"uid {os.getuid()}"
    trail.note(action, by=f"command:{user}", caller=masked(caller), is_durable=True)


def _say(message: str) -> None:
    say("projector", message)
