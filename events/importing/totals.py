"""What an import says: a note for each file that is worth one, and how much was imported."""

from typing import Literal

from msgspec import Struct

from events.process.terminal import count_of

NoteKind = Literal["failed", "moved", "quarantined", "skipped", "unaccounted"]


class Note(Struct, frozen=True, kw_only=True):
    """What is worth knowing about one file; `path` is relative to the folder that is imported."""

    what: NoteKind
    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.what}  {self.path}  {self.words}"


class ImportTotals(Struct, kw_only=True):
    """
    How much was imported.

    `imported` counts new events, by kind, and `signed` those of them that kept a signature of ElevenLabs; `known` the
    payloads that the log had already; `mended` those whose files it had lost; `recordings_known` the MP3s whose
    recording an audio event holds.
    """

    imported: dict[str, int] = {}
    signed: int = 0
    known: int = 0
    mended: int = 0
    recordings_known: int = 0
    moved: int = 0
    skipped: int = 0
    failed: int = 0
    is_other_log: bool = False

    def __str__(self) -> str:
        said = []
        if self.is_other_log:
            what = "receipts and signatures are not carried over"
            if self.signed:
                kept = count_of(self.signed, "signature")
                what = f"receipts are not carried over; {kept} of ElevenLabs, which a secret of ours proves, went along"
            said.append(f"a log lies there: its events were imported, its {what}")
        if self.mended:
            said.append(f"{count_of(self.mended, 'file')} of the log were missing, and are put back")
        if self.recordings_known:
            said.append(f"{count_of(self.recordings_known, 'MP3')} left alone: audio events hold the same recordings")
        new = sum(self.imported.values())
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.imported.items()))
        rest = f"{self.known} were in the log already, {self.skipped} skipped, {self.failed} failed"
        said.append(f"imported {count_of(new, 'event')}: {kinds}; {rest}" if new else f"nothing new; {rest}")
        return "\n".join(said)
