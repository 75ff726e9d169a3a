"""The record of what setup made: without it, a removal could not tell that from what others made."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from events.errors import SettingsError
from ingress.operating.setup.documents import Edit

RECORD_NAME = ".elevenlabs-setup.json"
# A workspace of two hundred agents takes as much.
_ROOM_BYTES = 1024 * 1024


class Made(Struct, frozen=True):
    """Something that setup made at ElevenLabs: a `webhook`, a `secret` or a `tool`."""

    kind: str
    id: str
    name: str


class Record(Struct, kw_only=True):
    """
    What setup made, in that order.

    `digests` holds the SHA-256 of the secret that a webhook or a stored secret has, by its id; `lines` that of the
    secret that setup wrote into `.env`, by the variable. `retries` names the webhooks whose retries it switched on:
    ElevenLabs does not say whether they are on.
    """

    version: int = 1
    url: str = ""
    made: list[Made] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    retries: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)

    def id_of(self, kind: str, name: str | None = None) -> str | None:
        """Return the id of the newest thing of a kind that setup made."""
        return next((made.id for made in reversed(self.made) if made.kind == kind and name in (None, made.name)), None)

    def is_ours(self, id_: object) -> bool:
        """Tell whether setup made the webhook, secret or tool with an id."""
        return any(made.id == id_ for made in self.made)

    def note_edit(self, edit: Edit) -> None:
        """Note an edit that was done; where an earlier one is known, what stood there before that one is kept."""
        former = next((known for known in self.edits if known.place() == edit.place()), None)
        if former is None:
            self.edits.append(edit)
            return
        at = self.edits.index(former)
        # Somebody may have changed the value in between. Then that is what a removal has to bring back.
        before = former.before if edit.before == former.after else edit.before
        self.edits[at] = msgspec.structs.replace(edit, before=before)

    def set_by_setup(self, document: str, path: tuple[str, ...]) -> Any:
        """Return the value that setup set at a place; None if it set none."""
        return next((edit.after for edit in self.edits if (edit.document, edit.path) == (document, path)), None)

    def is_empty(self) -> bool:
        """Tell whether there is nothing to take back."""
        return not (self.made or self.edits or self.lines)


def read_record(folder: Path) -> Record:
    """
    Return the record in a folder; an empty one if there is none.

    Raises:
        SettingsError: the file is no such record.
    """
    path = folder / RECORD_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except FileNotFoundError:
        return Record()
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(
            [f"{RECORD_NAME} cannot be read ({error}): restore it, or remove it to begin anew"]
        ) from error


def write_record(folder: Path, record: Record) -> None:
    """Replace the record in a folder, with mode 600; remove the file if there is nothing left to take back."""
    path = folder / RECORD_NAME
    if record.is_empty():
        path.unlink(missing_ok=True)
    else:
        _write(path, record)


def check_room(folder: Path, record: Record) -> None:
    """
    Check that the record can be written, before something is made that it must hold.

    Raises:
        OSError: it cannot: the disk is full, or the folder is not ours to write into.
    """
    # As large as it may become, or a nearly full disk would take this one and not the next.
    draft = folder / f"{RECORD_NAME}.room"
    try:
        with draft.open("wb") as file:
            file.write(msgspec.json.encode(record) + b" " * _ROOM_BYTES)
            file.flush()
            os.fsync(file.fileno())
    finally:
        draft.unlink(missing_ok=True)


def _write(path: Path, record: Record) -> None:
    # A file beside it and a rename: an interrupted write must not lose what is to be taken back.
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def digest_of(secret: str) -> str:
    """Return the digest by which the record knows a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
