"""One thing that was looked at, as an operator reads it."""

from typing import Literal

from msgspec import Struct

State = Literal["ok", "costs", "wrong"]

# What `wal_keep_size` may say: nothing, or one usual segment, which is the least that Patroni sets.
KEPT_LITTLE = ("0", "16MB")


class Look(Struct, frozen=True):
    """One thing that was looked at: what it is, its value, whether that is right, and what it costs if not."""

    name: str
    value: str
    state: State
    text: str

    def __str__(self) -> str:
        return f"{self.state:<5} {self.name} = {self.value or repr('')}: {self.text}"
