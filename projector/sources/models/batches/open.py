"""The one place that opens a vendor's batches; an SDK is imported only then: see `projector.sources.models.open`."""

from projector.sources.models.batches.protocol import BatchProvider
from projector.sources.models.settings import ANTHROPIC, OPENAI, ProviderSettings


def has_batches(settings: ProviderSettings) -> bool:
    """Tell whether a provider can be asked by batches: servers that only speak as OpenAI's does mostly have none."""
    return settings.kind in {ANTHROPIC, OPENAI}


def open_batches(settings: ProviderSettings) -> BatchProvider:
    """Open the batches of a provider that has them. Importing an SDK may take seconds: see `open_provider`."""
    assert has_batches(settings)
    if settings.kind == ANTHROPIC:
        from projector.sources.models.batches.anthropic_batches import AnthropicBatches  # noqa: PLC0415 - as there

        return AnthropicBatches(settings)
    from projector.sources.models.batches.openai_batches import OpenAIBatches  # noqa: PLC0415 - as there

    return OpenAIBatches(settings)
