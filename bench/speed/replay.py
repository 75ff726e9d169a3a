"""
How fast a replay of a whole log is, and whether a longer log costs more per event.

The bare loop to compare with reads the same files, decodes them into the same Structs, and inserts the same rows into
the same tables and indexes, in as many transactions. `BENCH_REPLAY_CALLS=1000,10000,100000` sets the sizes.

A second table says when each stage of the shortest replay was over. A worker takes a good part of the first half second
to start; the replay reads on by itself meanwhile.
"""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

import msgspec
import structlog

from bench.rig.corpus import call, conversation_id, write_log
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table
from events.disk import steps
from events.folder_log.log import FolderLog
from events.wire.webhooks import PostCallWebhook
from projector.follow.replay import Replay
from projector.projection.settings import ProjectionSettings
from projector.read_model.sqlite.generations import SqliteGenerations

_CALLS_PER_CALLER = 10
_ROUNDS, _ROUNDS_OF_LONG_ONES, _LONG = 3, 1, 50_000
_EVENTS_PER_TRANSACTION = 1000
_MUSTS, _MUST_OF_LONG_ONES, _AIM = {1000: 0.5}, 0.6, 0.7
_GROWTH_MUST = 0.8
_STAGES = {
    "generation_begun": "the workers are asked to start, and the database is made",
    "generation_filled": "the database is closed",
    "generation_caught_up": "it is wiped, and on the disk",
    "current_flipped": "it is live",
}


def run() -> None:
    """Replay logs of several sizes, and print the rates."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    sizes = [int(size) for size in os.environ.get("BENCH_REPLAY_CALLS", "1000,10000").split(",")]
    table = Table(
        f"Replay, {_CALLS_PER_CALLER} calls per caller", "", "ours", "bare loop", "ratio", "must reach", "aim"
    )
    rates: list[float] = []
    first_stages: dict[str, float] = {}
    folder = scratch_folder("replay")
    for size in sizes:
        ours, bare, stages = _rates(folder / str(size), size)
        rates.append(ours)
        first_stages = first_stages or stages
        must = _MUSTS.get(size, _MUST_OF_LONG_ONES)
        table.add(f"events/s, {size:,} calls", ours, bare, ours / bare, must, _AIM)
    if len(rates) > 1:
        name = f"events/s, {sizes[-1]:,} calls against {sizes[0]:,}"
        table.add(name, rates[-1], rates[0], rates[-1] / rates[0], _GROWTH_MUST, 1.0)
    table.show()
    stages_table = Table(f"Replay of {sizes[0]:,} calls, stage by stage", "seconds from the beginning until", "")
    for stage, at_s in first_stages.items():
        stages_table.add(stage, at_s)
    stages_table.show()


def _rates(folder: Path, size: int) -> tuple[float, float, dict[str, float]]:
    """
    Return the events per second of a replay and of the bare loop, as medians of alternating rounds.

    Also when each stage of the last replay was over, in seconds from its beginning.
    """
    payloads, generations = FolderLog(folder / "payloads"), SqliteGenerations(folder / "readmodel")
    callers = max(1, size // _CALLS_PER_CALLER)
    write_log(payloads.folder, ((conversation_id(number), call(number, callers=callers)) for number in range(size)))
    ours, bare, stages = list[float](), list[float](), dict[str, float]()
    for _ in range(_ROUNDS_OF_LONG_ONES if size >= _LONG else _ROUNDS):
        took_s, stages = _replay(payloads, generations)
        ours.append(size / took_s)
        bare.append(size / _bare_loop_s(payloads.folder, generations.database(generations.current() or 0), folder))
    return median(ours), median(bare), stages


def _replay(payloads: FolderLog, generations: SqliteGenerations) -> tuple[float, dict[str, float]]:
    """Replay, and return the seconds that it took, and when each stage was over."""
    stages: dict[str, float] = {}
    begin, before = time.perf_counter(), steps.reached

    def reached(step: str) -> None:
        if step in _STAGES:
            stages[_STAGES[step]] = time.perf_counter() - begin

    def note(stage: str, done: int, of: int) -> None:
        if done == of:
            stages[f"all {stage} are done"] = time.perf_counter() - begin

    steps.reached = reached
    try:
        Replay(payloads, generations, ProjectionSettings(), on_progress=note).run()
    finally:
        steps.reached = before
    return time.perf_counter() - begin, stages


def _bare_loop_s(payloads: Path, made: Path, folder: Path) -> float:
    """Return the seconds to decode all webhooks, and to insert the rows that a replay made of them."""
    files = sorted(payloads.glob("*/*_transcription.json"))
    decoder: msgspec.json.Decoder[PostCallWebhook] = msgspec.json.Decoder(PostCallWebhook)
    copy = folder / "bare.sqlite"
    took_s = 0.0
    with (
        closing(sqlite3.connect(made)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = NORMAL")
        _make_tables(source, target)
        transactions = -(-len(files) // _EVENTS_PER_TRANSACTION)
        # In the order in which they are stored. The time to read them from the source is not counted.
        inserts = list(_inserts(source, transactions))
        for at in range(transactions):
            given = [(sql, rows.fetchmany()) for sql, rows in inserts]
            begin = time.perf_counter()
            target.execute("BEGIN")
            for file in files[at * _EVENTS_PER_TRANSACTION : (at + 1) * _EVENTS_PER_TRANSACTION]:
                decoder.decode(file.read_bytes())
            for sql, rows in given:
                target.executemany(sql, rows)
            target.execute("COMMIT")
            took_s += time.perf_counter() - begin
        begin = time.perf_counter()
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        took_s += time.perf_counter() - begin
    copy.unlink()
    return took_s


def _make_tables(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    # The shadow tables of a virtual table are made together with it.
    sql = (
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name NOT IN"
        " (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')"
    )
    for (statement,) in source.execute(sql):
        target.execute(statement)


def _inserts(source: sqlite3.Connection, transactions: int) -> Iterator[tuple[str, sqlite3.Cursor]]:
    """Yield, for each table, the insert statement and a cursor; `fetchmany` returns the rows of one transaction."""
    tables = "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    for name, kind in source.execute(tables).fetchall():
        if kind not in {"table", "virtual"}:
            continue
        columns = [row[1] for row in source.execute(f"PRAGMA table_info({name})")]
        if kind == "virtual":
            columns.insert(0, "rowid")
        (count,) = source.execute(f"SELECT count(*) FROM {name}").fetchone()
        rows = source.execute(f"SELECT {', '.join(columns)} FROM {name}")
        rows.arraysize = max(1, -(-count // transactions))
        yield f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows
