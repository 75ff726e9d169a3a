"""`projector extract`: asks models about calls now, says what that would cost, or whether a model answers at all."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from threading import Event as Flag

import click

from events.log.ours.extraction import Usage
from events.open_log import open_log_there
from events.process import logging
from events.process.command import FOUND_SOMETHING, say
from events.process.screen.progress import ProgressReport
from events.process.terminal import count_of
from events.wire.shared_secrets import Secrets
from projector.commands.learning.chosen import IF_OUT, NOTHING, Choice, start_for, tokens_words, version_for, wanted_for
from projector.commands.learning.turn import stopped_by_signals, take_turn
from projector.commands.runs import catch_up
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.extracting.asking.asker import FIRST
from projector.extracting.choosing.log_watch import LogWatch
from projector.extracting.choosing.outstanding import is_out
from projector.extracting.choosing.readable import Readable
from projector.extracting.messages import Start
from projector.extracting.opening import Opened, learning_of, opened, say_learning
from projector.extracting.probe import Probe, probes
from projector.read_model.open import open_live_reader, read_questions
from projector.sources.extraction.ask import TOKENS_OUT, tokens_of
from projector.sources.extraction.prompt import extraction_prompt

_STEP_S = 0.5
_PAUSE_S = 0.05
_STOPPING = "waiting for the answers that are under way, which are paid for"


def extract(settings: Settings, choice: Choice) -> int:
    """Ask about all calls that were chosen and not read yet, fold what is answered, and return the exit code."""
    start = start_for(settings, choice)
    engines = Engines(settings.projection.engine)
    catch_up(settings, engines, waits_for_engine=False)
    with stopped_by_signals(_STOPPING) as stop, ExitStack() as stack:
        logging.configure(level="critical")  # what is wrong is said at the end
        take_turn(stack, settings, stop)
        now = stack.enter_context(
            opened(
                start,
                clock_s=time.time,
                prompt_version=choice.prompt_version,
                choose=lambda version: wanted_for(choice, version),
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
    start = start_for(settings, choice)
    registry = start.fold.registry()
    prompt = extraction_prompt(registry, version_for(start, choice))
    wanted = wanted_for(choice, prompt.version)
    log = open_log_there(settings.log_location, log_keys=Secrets(start.log_keys))
    with ExitStack() as stack:
        reader = stack.enter_context(closing(open_live_reader(settings.memories_location)))
        watch = LogWatch(log, model=choice.model)
        readable = Readable(reader, watch, wanted, registry=registry, region=start.region)
        readable.begin(reader.open())
        watch.look()
        questions = stack.enter_context(closing(found)) if (found := read_questions(start.read_model)) else None
        report = ProgressReport("counting")
        calls = out = tokens_in = 0
        of = len(readable.newest())
        for call in readable.all():
            if questions is not None and is_out(questions.batches, call, wanted, model=choice.model):
                out += 1
                continue
            calls += 1
            tokens_in += tokens_of(call, prompt)
            report("calls", calls, max(of, calls))
        report.close()
    used = Usage(tokens_in, 0, calls * TOKENS_OUT)
    click.echo(
        f"{count_of(calls, 'call')} to ask about with version {prompt.version} of the prompt: about"
        f" {tokens_words(start, used, batched=used if choice.is_batch else NOTHING)}"
    )
    if out:
        click.echo(f"{count_of(out, 'call')} in a batch that is out already")


def check(settings: Settings, choice: Choice) -> int:
    """Ask about a made-up call, say whether and how the provider answers, and return the exit code."""
    start = start_for(settings, choice)
    logging.configure(level="critical")
    registry = start.fold.registry()
    prompt = extraction_prompt(registry, version_for(start, choice))
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
        say("projector", f"set LLM_STRUCTURED={holds[0]}: the provider answers so, and not with {found[0].structured}")
    return FOUND_SOMETHING


def _probe_words(start: Start, probe: Probe) -> str:
    if probe.fault:
        return f"does not hold: {probe.fault}"
    assert probe.asked is not None
    asked = probe.asked
    tokens = tokens_words(start, asked.usage)
    counts = f"{probe.counted} of {count_of(probe.stated, 'statement')} counts"
    return f"holds; {asked.model or 'it'} answered in {asked.latency_s:.1f} s, {tokens}; {counts}"


def _ask_all(start: Start, now: Opened, stop: Flag) -> None:
    report = ProgressReport("asking about")
    of = 0
    while not stop.is_set():
        now.taker.step()
        is_busy = now.asker.step(wait_s=_STEP_S) or now.taker.is_busy
        done = now.asker.answered + now.asker.books.failed
        of = max(of, done + now.asker.under_way, sum(1 for _ in now.readable.all()) if not of else 0)
        report("calls", done, of)
        say_learning(start.folder, learning_of(start, now, at_s=time.time()))
        if is_busy:
            stop.wait(0 if now.asker.under_way or now.taker.is_taking else _PAUSE_S)
            continue
        wait_s = now.limits.paused_until_s() - time.time()
        if now.questions.held(FIRST) is not None or now.limits.is_spent() or now.asker.waits_for or wait_s <= 0:
            break
        stop.wait(min(wait_s, _STEP_S))
    report.close()


def _say_what_was_done(start: Start, now: Opened, *, is_stopped: bool) -> int:
    asker, books = now.asker, now.asker.books
    tokens = tokens_words(start, books.spent, batched=books.batched)
    say("projector", f"{count_of(asker.answered, 'call')} answered, {books.failed} without an answer; {tokens}")
    if now.prompt.version > start.fold.prompt_max:
        say(
            "projector",
            f"the answers do not count yet, for EXTRACTION_PROMPT_MAX is {start.fold.prompt_max}: `projector replay"
            f" --dry-run` with {now.prompt.version} shows what they would change",
        )
    reasons = [*_what_is_left(start, now), *(["stopped; run it again to go on"] if is_stopped else [])]
    for reason in reasons:
        say("projector", reason)
    return FOUND_SOMETHING if reasons else 0


def _what_is_left(start: Start, now: Opened) -> Iterator[str]:
    """Yield why calls are left that nobody has read."""
    if (held := now.questions.held(FIRST)) is not None:
        yield f"{start.models.provider.kind} refuses all questions: {held.reason}"
    elif now.asker.books.failed:
        yield "`projector failures` says why; run it again, or let a following projector ask"
    batches, calls = now.questions.batches.counts()
    if batches:
        yield f"{count_of(calls, 'call')} in a batch that is out: {IF_OUT}"
    if now.limits.is_spent():
        yield "the tokens of today are spent (LLM_TOKENS_PER_DAY_MAX): run it again tomorrow (UTC)"
    if now.asker.waits_for:
        yield now.asker.waits_for
