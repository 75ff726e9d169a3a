"""`projector extract`: asks models about calls now, says what that would cost, or whether a model answers at all."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Event as Flag
from types import FrameType

import click
from msgspec import Struct
from msgspec.structs import replace

from events.open_log import open_log_there
from events.process import logging
from events.process.command import FOUND_SOMETHING, USED_WRONGLY, say
from events.process.screen.progress import ProgressReport
from events.process.terminal import count_of
from events.wire.shared_secrets import Secrets
from projector.commands.beside.models import start_of
from projector.commands.runs import catch_up
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.extracting.asking.asker import FIRST
from projector.extracting.choosing.log_watch import LogWatch
from projector.extracting.choosing.readable import Readable, Wanted
from projector.extracting.messages import Start
from projector.extracting.opening import Opened, learning_of, opened, say_learning, version_of
from projector.extracting.probe import Probe, probes
from projector.extracting.process import LOCK, WANTED_LOCK
from projector.read_model.open import open_generations, open_live_reader
from projector.sources.extraction.ask import tokens_of
from projector.sources.extraction.prompt import extraction_prompt, prompt_versions

# A shell reports this plus the signal's number for a process that was ended by a signal.
_ENDED_BY_SIGNAL = 128
_STEP_S, _PAUSE_S = 0.5, 0.2
# Measured: an answer to an ordinary call has about as many.
_TOKENS_OUT = 400


class Choice(Struct, frozen=True, kw_only=True):
    """Which calls to ask about, with which prompt, and which model in place of the one that is set."""

    since_s: int = 0
    agent_id: str | None = None
    prompt_version: int | None = None
    model: str | None = None


def extract(settings: Settings, choice: Choice) -> int:
    """Ask about all calls that were chosen and not read yet, fold what is answered, and return the exit code."""
    start = _start(settings, choice)
    engines = Engines(settings.projection.engine)
    catch_up(settings, engines, waits_for_engine=False)
    with _stopped_by_signals() as stop, ExitStack() as stack:
        logging.configure(level="critical")  # what is wrong is said at the end
        _take_turn(stack, settings, stop)
        now = stack.enter_context(
            opened(
                start,
                clock_s=time.time,
                prompt_version=choice.prompt_version,
                choose=lambda version: _wanted(choice, version, is_eager=True),
                should_go_on=lambda: not stop.is_set(),
            )
        )
        now.questions.hold(FIRST, None)  # a person asks: that is the probe
        _ask_all(start, now, stop)
        now.asker.close()
        code = _say_what_was_done(start, now, is_stopped=stop.is_set())
    catch_up(settings, engines, waits_for_engine=False)
    return code


def estimate(settings: Settings, choice: Choice) -> None:
    """Say how many calls would be asked about, and about how many tokens and how much money that takes."""
    start = _start(settings, choice)
    registry = start.fold.registry()
    prompt = extraction_prompt(registry, _version(start, choice))
    wanted = _wanted(choice, prompt.version, is_eager=True)
    log = open_log_there(settings.payload_folder, log_keys=Secrets(start.log_keys))
    with closing(open_live_reader(settings.read_model_folder)) as reader:
        watch = LogWatch(log, model=choice.model)
        readable = Readable(reader, watch, wanted, registry=registry, region=start.region)
        readable.begin(reader.open())
        watch.look()
        report = ProgressReport("counting")
        calls = tokens_in = 0
        of = len(readable.newest())
        for call in readable.all():
            calls += 1
            tokens_in += tokens_of(call, prompt)
            report("calls", calls, max(of, calls))
        report.close()
    click.echo(
        f"{count_of(calls, 'call')} to ask about with version {prompt.version} of the prompt: about"
        f" {_tokens(start, tokens_in, calls * _TOKENS_OUT)}"
    )


def check(settings: Settings, choice: Choice) -> int:
    """Ask about a made-up call, say whether and how the provider answers, and return the exit code."""
    start = _start(settings, choice)
    logging.configure(level="critical")
    registry = start.fold.registry()
    prompt = extraction_prompt(registry, _version(start, choice))
    provider = start.models.provider
    click.echo(
        f"{provider.kind}, model {provider.model or '-'}, {f'at {provider.host}' if provider.host else 'no host'}"
    )
    found: list[Probe] = []
    for probe in probes(provider, prompt, registry):
        found.append(probe)
        click.echo(f"  LLM_STRUCTURED={probe.structured}: {_probe_words(start, probe)}")
    if not found[0].fault:
        return 0
    holds = [probe.structured for probe in found if not probe.fault]
    if holds:
        _say(f"set LLM_STRUCTURED={holds[0]}: the provider answers so, and not with {found[0].structured}")
    return FOUND_SOMETHING


def _probe_words(start: Start, probe: Probe) -> str:
    if probe.fault:
        return f"does not hold: {probe.fault}"
    assert probe.asked is not None
    asked = probe.asked
    tokens = _tokens(start, asked.usage.input_tokens, asked.usage.output_tokens)
    counts = f"{probe.counted} of {count_of(probe.stated, 'statement')} counts"
    return f"holds; {asked.model or 'it'} answered in {asked.latency_s:.1f} s, {tokens}; {counts}"


def _start(settings: Settings, choice: Choice) -> Start:
    start = start_of(settings)
    if start is None:
        _say("LLM_PROVIDER is not set: there is nobody to ask. docs/learning.md says whom you can")
        sys.exit(USED_WRONGLY)
    if choice.prompt_version is not None and choice.prompt_version not in prompt_versions():
        _say(f"--prompt-version: there are {', '.join(map(str, prompt_versions()))}")
        sys.exit(USED_WRONGLY)
    if choice.prompt_version is None and version_of(start) is None:
        _say(f"EXTRACTION_PROMPT_MAX is {start.fold.prompt_max}, so that no answer counts: name a --prompt-version")
        sys.exit(USED_WRONGLY)
    if choice.model is None:
        return start
    return replace(start, models=replace(start.models, provider=replace(start.models.provider, model=choice.model)))


def _version(start: Start, choice: Choice) -> int:
    version = version_of(start) if choice.prompt_version is None else choice.prompt_version
    assert version is not None
    return version


def _wanted(choice: Choice, version: int, *, is_eager: bool) -> Wanted:
    return Wanted(
        prompt_version=version,
        since_s=choice.since_s,
        agent_id=choice.agent_id,
        is_of_any_model=choice.model is None,
        is_eager=is_eager,
    )


def _take_turn(stack: ExitStack, settings: Settings, stop: Flag) -> None:
    """Wait until no other process asks; a following projector leaves us the turn once its answers are there."""
    generations = open_generations(settings.read_model_folder)
    has_said = False
    for name in (WANTED_LOCK, LOCK):
        while not stop.is_set():
            lock = ExitStack()
            if lock.enter_context(generations.lock(name, wait=False)):
                stack.enter_context(lock)
                break
            lock.close()
            if not has_said:
                has_said = True
                _say("another process asks just now; waiting until what it has asked is answered")
            stop.wait(_PAUSE_S)


def _ask_all(start: Start, now: Opened, stop: Flag) -> None:
    report = ProgressReport("asking about")
    of = 0
    while not stop.is_set():
        is_busy = now.asker.step(wait_s=_STEP_S)
        done = now.asker.answered + now.asker.failed
        of = max(of, done + now.asker.under_way, sum(1 for _ in now.readable.all()) if not of else 0)
        report("calls", done, of)
        say_learning(start.folder, learning_of(start, now, at_s=time.time()))
        if is_busy:
            continue
        wait_s = now.limits.paused_until_s() - time.time()
        if now.questions.held(FIRST) is not None or now.limits.is_spent() or now.asker.waits_for or wait_s <= 0:
            break
        stop.wait(min(wait_s, _STEP_S))
    report.close()


def _say_what_was_done(start: Start, now: Opened, *, is_stopped: bool) -> int:
    asker, spent = now.asker, now.asker.spent
    tokens = _tokens(start, spent.input_tokens, spent.output_tokens)
    _say(f"{count_of(asker.answered, 'call')} answered, {asker.failed} without an answer; {tokens}")
    if now.prompt.version > start.fold.prompt_max:
        _say(
            f"the answers do not count yet, for EXTRACTION_PROMPT_MAX is {start.fold.prompt_max}: `projector replay"
            f" --dry-run` with {now.prompt.version} shows what they would change"
        )
    reasons = [*_what_is_left(start, now), *(["stopped; run it again to go on"] if is_stopped else [])]
    for reason in reasons:
        _say(reason)
    return FOUND_SOMETHING if reasons else 0


def _what_is_left(start: Start, now: Opened) -> Iterator[str]:
    """Yield why calls are left that nobody has read."""
    if (held := now.questions.held(FIRST)) is not None:
        yield f"{start.models.provider.kind} refuses all questions: {held.reason}"
    elif now.asker.failed:
        yield "`projector failures` says why; run it again, or let a following projector ask"
    if now.limits.is_spent():
        yield "the tokens of today are spent (LLM_TOKENS_PER_DAY_MAX): run it again tomorrow (UTC)"
    if now.asker.waits_for:
        yield now.asker.waits_for


def _tokens(start: Start, tokens_in: int, tokens_out: int) -> str:
    cost = start.asking.cost(tokens_in, tokens_out)
    money = "" if cost is None else f", {cost:.4f} by LLM_PRICE_IN_PER_M and LLM_PRICE_OUT_PER_M"
    return f"{tokens_in:,} tokens in and {tokens_out:,} out{money}"


@contextmanager
def _stopped_by_signals() -> Iterator[Flag]:
    """Yield what the first SIGINT or SIGTERM sets: then what was asked is waited for. The second one ends at once."""
    stop = Flag()

    def note(number: int, _: FrameType | None) -> None:
        if stop.is_set():
            os._exit(_ENDED_BY_SIGNAL + number)
        stop.set()
        _say("waiting for the answers that are under way, which are paid for; once more to end at once")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(message: str) -> None:
    say("projector", message)
