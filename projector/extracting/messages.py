"""What the projector writes to the process that asks models."""

from pathlib import Path

from msgspec import Struct

from projector.domain.fold import FoldSettings
from projector.extracting.settings import AskingSettings
from projector.sources.models.settings import ModelSettings


class Start(Struct, frozen=True, kw_only=True):
    """
    Its one line: where log and memories are, whom to ask, and how. It holds secrets, so it is written nowhere else.

    `payloads` and `read_model` are locations, `notes` is the folder `READ_MODEL_PATH`.
    `log_keys` are those of `LOG_KEY`; `fold` and `region` say what is known of a caller.
    """

    payloads: str
    read_model: str
    notes: str
    log_keys: list[str]
    models: ModelSettings
    asking: AskingSettings
    fold: FoldSettings
    region: str
    log_level: str = "info"

    @property
    def folder(self) -> Path:
        """`READ_MODEL_PATH`."""
        return Path(self.notes)
