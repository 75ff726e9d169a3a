"""How long a durable 200 takes for a single client, compared with its writes and fsyncs alone."""

from pathlib import Path
from time import perf_counter

from bench.rig.bare_append import BareWriter
from bench.rig.load import Connection, captured, post_call
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from tests.support.servers import Site

_CALLS = 1000
_WARM_UP = 100


def run() -> None:
    """Send one webhook after the other, each followed by a bare append of the same bytes, and print the times."""
    table = Table(
        "Durable ack: the captured payload, one client, ms", "percentile", "ack", "bare", "ratio", "must", "aim"
    )
    folder = scratch_folder("ack")
    acks, bares = _measured(folder)
    for share, must, aim in ((0.5, "3", "1.5"), (0.99, "-", "-")):
        ack, bare = percentile(acks, share), percentile(bares, share)
        table.add(f"p{share * 100:.0f}", ack * 1000, bare * 1000, ack / bare, must, aim)
    table.show()


def _measured(folder: Path) -> tuple[list[float], list[float]]:
    acks, bares = [], []
    site = Site(folder)
    writer = BareWriter(folder / "bare")
    with site.ingress():
        connection = Connection(site.port)
        for number in range(_WARM_UP + _CALLS):
            name = f"conv_{number:07d}"
            body = captured(name)
            acks.append(connection.ask(post_call(body)))
            began = perf_counter()
            writer.append(name, body)
            bares.append(perf_counter() - began)
        connection.close()
    return acks[_WARM_UP:], bares[_WARM_UP:]
