"""Tables that most logs leave empty: what is known of them for a while must never hide what was written since."""

from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from events.log.erasure import Erasure, ErasureRequest
from projector.read_model.generations import Generations
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptCorrection, KeptExtraction
from tests.contract.engines.memories import ANA
from tests.contract.read_models.rows import ONE, call

BEN = "+12025550199"

Write = Callable[[ReadModelWriter], object]
Ask = Callable[[ReadModelWriter], bool]


def _request(writer: ReadModelWriter) -> None:
    request = ErasureRequest(id="one", caller="0" * 64, requested_at_s=1, key_id="k" * 8)
    writer.erasures.keep_request(request, ONE)


def _account(writer: ReadModelWriter) -> None:
    writer.erasures.keep(
        Erasure(request=1, caller="0" * 64, requested_at_s=1, conversations=("conv_9",), events=(), counts={})
    )


def _extraction(writer: ReadModelWriter) -> None:
    writer.extractions.put(KeptExtraction("conv_1", "a" * 64, "", 1, 1, b"{}", is_counted=True))


def _correction(writer: ReadModelWriter) -> None:
    writer.corrections.put(KeptCorrection(7, ANA, b"{}", "", is_joining=False))


TABLES: dict[str, tuple[Write, Ask]] = {
    "machines": (lambda writer: writer.calls.note_machine("conv_1"), lambda writer: writer.calls.is_machine("conv_1")),
    "merged": (lambda writer: writer.merged.replace({BEN: ANA}), lambda writer: writer.merged.caller_of(BEN) == ANA),
    "keys": (lambda writer: writer.merged.replace({BEN: ANA}), lambda writer: BEN in writer.merged.keys_of(ANA)),
    "requests": (_request, lambda writer: writer.erasures.has_requests()),
    "accounts": (_account, lambda writer: writer.erasures.has_requests()),
    "extractions": (_extraction, lambda writer: writer.extractions.is_there("conv_1")),
    "extractions of a caller": (_extraction, lambda writer: writer.extractions.has(ANA)),
    "corrections": (_correction, lambda writer: bool(writer.corrections.of(ANA))),
}


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> tuple[Write, Ask]:
    """What writes a row, and what asks for it."""
    return TABLES[request.param]


@pytest.fixture(autouse=True)
def _kept(writer: ReadModelWriter) -> None:
    with writer.transaction():
        writer.calls.put(call(), agent_number=None)


def test_row_is_seen_by_the_transaction_that_writes_it(writer: ReadModelWriter, table: tuple[Write, Ask]) -> None:
    """That transaction had found none before."""
    write, has = table
    assert not has(writer)
    with writer.transaction():
        assert not has(writer)
        write(writer)
        assert has(writer)
    assert has(writer)
    with writer.transaction():
        assert has(writer)


def test_row_is_gone_with_the_transaction_that_is_undone(writer: ReadModelWriter, table: tuple[Write, Ask]) -> None:
    """The next one looks again, and finds what it writes itself."""
    write, has = table
    with suppress(ZeroDivisionError), writer.transaction():
        write(writer)
        assert has(writer)
        raise ZeroDivisionError
    assert not has(writer)
    with writer.transaction():
        assert not has(writer)
        write(writer)
        assert has(writer)


def test_row_of_another_writer_is_seen_by_the_next_transaction(
    writer: ReadModelWriter, generations: Generations, table: tuple[Write, Ask]
) -> None:
    """However the transaction before ended, and whatever was asked between the two."""
    write, has = table
    with writer.transaction():
        assert not has(writer)
    assert not has(writer)
    with closing(generations.open(generations.current() or 0)) as other, other.transaction():
        write(other)
    assert has(writer)
    with writer.transaction():
        assert has(writer)
