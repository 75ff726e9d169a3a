"""An intruder who can write into the payload folder and knows the format, but has neither secret nor key."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from events.folder_log.layout import NAME
from events.log.filing import file_body
from events.log.receipt import HEADER, Receipt, read_receipt, sha256_of
from events.wire.outline import Outline


def forge(folder: Path, body: bytes, *, source: str, signature: str | None = None) -> Receipt:
    """Append an event: its file where it belongs, and a line that follows the one before."""
    outline = Outline()
    outline.feed(body)
    filing = file_body(outline.text(), sha256_of(body))
    path = folder / filing.path
    if path.exists() and path.read_bytes() != body:
        path = path.with_suffix(f".{sha256_of(body)[:12]}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    receipt = Receipt(
        position=0,
        received_at=datetime.now(UTC),
        kind=filing.kind,
        conversation_id=filing.conversation_id,
        path=path.relative_to(folder).as_posix(),
        sha256=sha256_of(body),
        size=len(body),
        source=source,
        signature=signature,
    )
    return forge_line(folder, receipt)


def forge_line(folder: Path, receipt: Receipt) -> Receipt:
    """Append a line that says what a receipt says, and follows the one before."""
    lines = journal_of(folder)
    position = read_receipt(lines[-1]).position if len(lines) > 1 else 0
    forged = msgspec.structs.replace(receipt, position=position + 1, previous=sha256_of(lines[-1]))
    write_journal(folder, [*lines, forged.line()])
    return forged


def rechain(folder: Path, lines: list[bytes]) -> None:
    """Write a journal of these lines, each of which is made to follow the one before."""
    written = [HEADER]
    for position, line in enumerate(lines, 1):
        receipt = msgspec.structs.replace(read_receipt(line), position=position, previous=sha256_of(written[-1]))
        written.append(receipt.line())
    write_journal(folder, written)


def journal_of(folder: Path) -> list[bytes]:
    """Return the lines of a journal, the header first."""
    return (folder / NAME).read_bytes().splitlines()


def write_journal(folder: Path, lines: list[bytes]) -> None:
    """Write a journal of these lines as they are."""
    (folder / NAME).write_bytes(b"".join(line + b"\n" for line in lines))


def leave_draft(folder: Path, body: bytes, *, source: str, is_linked: bool = False) -> Receipt:
    """Leave a draft in `.incoming`, as a process does that died before its receipt was in the journal."""
    outline = Outline()
    outline.feed(body)
    filing = file_body(outline.text(), sha256_of(body))
    receipt = Receipt(
        position=0,
        received_at=datetime.now(UTC),
        kind=filing.kind,
        conversation_id=filing.conversation_id,
        path=filing.path,
        sha256=sha256_of(body),
        size=len(body),
        source=source,
    )
    stem = "f" * 32
    draft = folder / ".incoming" / f"{stem}-0.body"
    draft.write_bytes(body)
    (folder / ".incoming" / f"{stem}.receipt").write_bytes(b'{"size":0,"end":""}\n' + receipt.line())
    if is_linked:
        (folder / filing.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / filing.path).hardlink_to(draft)
    return receipt
