"""The `make bench` command: runs benchmarks one after the other. Each prints a table."""

from importlib import import_module

import click

from tests.support.postgres import why_not

# The name of a benchmark in `make bench BENCH=...`, and its module.
BENCHMARKS = {
    "ack": "one_client",
    "acks": "many_clients",
    "greeting": "greeting",
    "searching": "search",
    "histories": "long_history",
    "projection": "projection",
    "history": "history",
    "replay": "replay",
    "worst-texts": "worst_texts",
    "erasure": "erasure",
    "start": "start",
    "resident": "memory",
    "overload": "overload",
    "strangers": "strangers",
    "engines": "engines",
    "meaning": "meaning",
    "database-acks": "databases.acks",
    "database-search": "databases.search",
    "database-projection": "databases.projection",
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(BENCHMARKS)))
def main(names: tuple[str, ...]) -> None:
    """Run the benchmarks that are named, or all of them."""
    for name in names or BENCHMARKS:
        if name.startswith("database-") and (reason := why_not()):
            print(f"{name} is not measured: {reason}")
            continue
        import_module(f"bench.speed.{BENCHMARKS[name]}").run()


if __name__ == "__main__":
    main()
