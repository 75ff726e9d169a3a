"""The one place that opens a provider. Only here, and only for the provider that is set, is a vendor's SDK imported."""

from pathlib import Path

from projector.sources.models.answer_file import AnswerFile
from projector.sources.models.protocol import Provider
from projector.sources.models.settings import ANTHROPIC, FILE, ProviderSettings


def open_provider(settings: ProviderSettings) -> Provider:
    """
    Open a provider; the caller closes it. Importing an SDK may take seconds: only the worker that asks may do it.

    Raises:
        ProviderHeldError: the SDK cannot be imported.
    """
    if settings.kind == FILE:
        return AnswerFile(Path(settings.file))
    if settings.kind == ANTHROPIC:
        from projector.sources.models.messages import Messages  # noqa: PLC0415 - only what is used is imported

        return Messages(settings)
    from projector.sources.models.chat import Chat  # noqa: PLC0415 - only what is used is imported

    return Chat(settings)
