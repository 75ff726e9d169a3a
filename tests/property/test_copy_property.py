"""Whatever a log went through, a copy into PostgreSQL and out again is that log, byte for byte."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.erasure import Erasure, is_ours, read_erasure
from events.log.receipt import read_receipt
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from tests.property.test_logs_agree_property import KEY, NOW, Append, Erase, appends, empty_logs, erasures, publish
from tests.support.copies import Content, content_of, copy, forget
from tests.support.logs import events
from tests.support.postgres import SHARED, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    """End the server that the examples share."""
    yield
    SHARED.close()


def take(logs: list[FolderLog], step: Append | Erase) -> None:
    """Take one step of a story; an erasure is the log's own, and is carried out."""
    if isinstance(step, Append):
        publish(logs[step.has_key], step)
        return
    # What names the caller; no erasure lists a request, another erasure, or what an earlier one lists.
    earlier = [read_erasure(event) for event in events(logs[1])]
    listed_before = {each.position for erasure in earlier if isinstance(erasure, Erasure) for each in erasure.events}
    strays = [
        event.place.position
        for event in events(logs[1])
        if event.receipt.conversation_id is None and not is_ours(event.receipt)
        if event.place.position not in listed_before
    ]
    listed = tuple(strays[number] for number in step.strays if number < len(strays))
    forget(logs[1], *step.conversations, positions=listed)


def findings_in(folder: Path) -> list[str]:
    return [str(finding) for finding in Verification(folder, Secrets(), log_keys=KEY).findings()]


def expected(folder: Path, erased: set[str]) -> Content:
    """Return what a copy must hold: all that the log holds, but for bytes of erased conversations that came late."""
    content = content_of(str(folder))
    for number, line in enumerate(content.lines):
        if read_receipt(line.text).conversation_id in erased:
            content.bodies[number] = None
    return content


@settings(max_examples=60)
@given(stories=st.lists(st.lists(appends | erasures, min_size=1, max_size=6), min_size=1, max_size=3))
def test_log_that_is_copied_in_and_out_is_the_same(stories: list[list[Append | Erase]]) -> None:
    """
    Whatever is appended, by whom, and erased, and whenever it is copied in between: the journal, the bodies, the key
    and what a verification finds are the same in all three places.
    """
    with empty_logs() as (folder, url):
        logs = [FolderLog(folder, log_keys=keys, clock=lambda: NOW) for keys in (None, KEY)]
        out, erased = folder.with_name("out"), set[str]()
        for story in stories:
            for step in story:
                take(logs, step)
                erased.update(step.conversations if isinstance(step, Erase) else ())
            for source, target in ((str(folder), url), (url, str(out))):
                _, totals = copy(source, target, log_keys=("log-key-of-a-test",))
                assert totals.left_out == 0
            assert content_of(url) == content_of(str(out)) == expected(folder, erased)
            if (folder / NAME).exists():
                assert (out / NAME).read_bytes() == (folder / NAME).read_bytes()
            # As a projector does, late bytes of an erased conversation go; the copy never had them.
            logs[0].remove(
                Erasure(request=1, caller="", requested_at_s=0, conversations=tuple(erased), events=(), counts={})
            )
            assert findings_in(out) == findings_in(folder)
