"""What one piece of work took, noted while it is done and made into spans once it is over: a span costs more."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from events.tracing.identity import Identity

SERVER, CONSUMER, CLIENT, INTERNAL = "server", "consumer", "client", "internal"


class Recording:
    """
    One span to be, and the steps within it. Times are Unix nanoseconds; `ended_ns` None means that it has not ended.

    `error` is a word for what went wrong, empty if nothing did. `identity` is of the trace that it belongs to, None for
    one of its own; `is_first` says whether it is that trace's first span. `traceparent` is the header of the request
    that caused it, as it came; `is_proven` says whether the sender showed a signature or a key.

    Several threads may add steps.
    """

    def __init__(self, name: str, *, kind: str = INTERNAL, began_ns: int | None = None, **attributes: object) -> None:
        self.name = name
        self.kind = kind
        self.began_ns = time.time_ns() if began_ns is None else began_ns
        self.ended_ns: int | None = None
        self.error = ""
        self.attributes: dict[str, object] = {}
        self.steps: list[Recording] = []
        self.identity: Identity | None = None
        self.is_first = False
        self.is_proven = False
        self.traceparent: str | None = None
        self.note(**attributes)

    def note(self, **attributes: object) -> None:
        """Note attributes, by the names behind `elaoms.`; see `attributes` for those that may leave the process."""
        self.attributes.update({f"elaoms.{name}": value for name, value in attributes.items()})

    def add(
        self, name: str, began_ns: int, ended_ns: int | None, *, kind: str = INTERNAL, **attributes: object
    ) -> "Recording":
        """Add a step whose times are known, and return it."""
        added = Recording(name, kind=kind, began_ns=began_ns, **attributes)
        added.ended_ns = ended_ns
        self.steps.append(added)
        return added

    @contextmanager
    def step(self, name: str) -> Iterator["Recording"]:
        """Note what the block takes as a step, and yield it."""
        added = self.add(name, time.time_ns(), None)
        try:
            yield added
        except BaseException:
            added.end(error="failed")
            raise
        added.end()

    def add_marks(self, marks: "Marks") -> None:
        """Add a step for each mark, from the one before to it."""
        began_ns = marks.began_ns
        for name, at_ns in marks.at:
            self.add(name, began_ns, at_ns)
            began_ns = at_ns

    def end(self, *, error: str = "") -> None:
        """Note the end, and what went wrong."""
        self.ended_ns = time.time_ns()
        self.error = error


class Marks:
    """When a thread had done each step, in their order: called with the name of a step that is done."""

    def __init__(self) -> None:
        self.began_ns = time.time_ns()
        self.at: list[tuple[str, int]] = []

    def __call__(self, name: str) -> None:
        self.at.append((name, time.time_ns()))


def step(recording: Recording | None, name: str) -> AbstractContextManager[Recording | None]:
    """Note what the block takes as a step of a recording; does nothing where nothing is recorded."""
    return nullcontext() if recording is None else recording.step(name)
