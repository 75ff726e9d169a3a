"""The `make bench` command: runs benchmarks one after the other, each of which prints a table."""

from importlib import import_module

import click

BENCHMARKS = (
    *("ack", "acks", "greeting", "searching", "projection", "replay", "start"),
    *("resident", "overload", "engines"),
)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(BENCHMARKS))
def main(names: tuple[str, ...]) -> None:
    """Run the benchmarks that are named, or all of them."""
    for name in names or BENCHMARKS:
        import_module(f"bench.{name}").run()


if __name__ == "__main__":
    main()
