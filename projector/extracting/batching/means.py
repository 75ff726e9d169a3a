"""Opens what it takes to read the answers of batches: whoever has them, their prompt, and what chooses their calls."""

import threading

from msgspec.structs import replace

from events.log.protocol import EventLog
from projector.domain.calls import Call
from projector.domain.facts.registry.registry import Registry
from projector.extracting.choosing.log_watch import LogWatch
from projector.extracting.choosing.readable import Readable, Wanted
from projector.extracting.choosing.unread import Unread
from projector.read_model.asked import Batch
from projector.read_model.generations import LiveReader
from projector.read_model.tables.learning_tables import Questions
from projector.sources.extraction.ask import Asked, Kept, ask_about
from projector.sources.extraction.prompt import ExtractionPrompt, extraction_prompt, prompt_versions
from projector.sources.models.batches.open import has_batches, open_batches
from projector.sources.models.batches.protocol import BatchProvider
from projector.sources.models.open import open_provider
from projector.sources.models.protocol import Provider
from projector.sources.models.settings import ProviderSettings


class OpenedMeans:
    """
    See `Means`; an SDK is imported for the first batch, and never before.

    Args:
        providers: who is set now.
    """

    def __init__(
        self,
        providers: list[ProviderSettings],
        log: EventLog,
        reader: LiveReader,
        questions: Questions,
        *,
        registry: Registry,
        region: str,
    ) -> None:
        self._settings = [settings for settings in providers if has_batches(settings)]
        self._log = log
        self._reader = reader
        self._questions = questions
        self._registry = registry
        self._region = region
        self._providers: dict[ProviderSettings, BatchProvider] = {}
        self._alone: dict[ProviderSettings, Provider] = {}
        self._lock = threading.Lock()
        self._unread: dict[tuple[int, str | None], Unread] = {}
        self._prompts: dict[int, ExtractionPrompt] = {}

    def provider(self, batch: Batch) -> BatchProvider | None:
        """Return who has the batch."""
        settings = self._settings_of(batch)
        if settings is None:
            return None
        if settings not in self._providers:
            self._providers[settings] = open_batches(settings)
        return self._providers[settings]

    def prompt(self, batch: Batch) -> ExtractionPrompt | None:
        """Return what was asked with; None where the operator has changed the attributes since."""
        version = batch.prompt_version
        if version not in self._prompts:
            if version not in prompt_versions():
                return None
            self._prompts[version] = extraction_prompt(self._registry, version)
        prompt = self._prompts[version]
        return prompt if prompt.named.sha256 == batch.prompt_sha256 else None

    def unread(self, batch: Batch) -> Unread:
        """Return what chooses among all calls, whatever is chosen now: what is answered is paid for."""
        model = None if batch.is_of_any_model else batch.model
        key = batch.prompt_version, model
        if key not in self._unread:
            watch = LogWatch(self._log, model=model)
            wanted = Wanted(prompt_version=batch.prompt_version, is_of_any_model=model is None, is_eager=True)
            readable = Readable(self._reader, watch, wanted, registry=self._registry, region=self._region)
            readable.begin(self._reader.open())
            watch.look()
            self._unread[key] = Unread(self._reader, watch, self._questions, readable)
        return self._unread[key]

    def ask(self, batch: Batch, call: Call, pieces: Kept) -> Asked:
        """Ask about a call alone; nobody is asked where all its pieces are there, and whole."""
        settings, prompt = self._settings_of(batch), self.prompt(batch)
        assert settings is not None
        assert prompt is not None
        with self._lock:
            if settings not in self._alone:
                self._alone[settings] = open_provider(settings)
        return ask_about(call, self._alone[settings], prompt, kept=pieces)

    def begin_anew(self) -> None:
        """Forget what is known of log and memories."""
        self._unread.clear()

    def _settings_of(self, batch: Batch) -> ProviderSettings | None:
        of_batch = batch.provider, batch.host
        found = [settings for settings in self._settings if (settings.kind, settings.host) == of_batch]
        return replace(found[0], model=batch.model) if found else None
