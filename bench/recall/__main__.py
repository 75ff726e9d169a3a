"""The `make bench-search` command: measures what search finds, asked as an agent asks it."""

from pathlib import Path

import click
from msgspec import structs

from bench.recall import learned
from bench.recall.corpora import locomo, phone
from bench.recall.explaining import show_misses
from bench.recall.playing import play, ways_here
from bench.recall.tables import show_faults, show_hits, show_latency, show_recall, show_thresholds


@click.command()
@click.option(
    "--conversations",
    type=click.Path(path_type=Path),
    default=Path("../shared/data/locomo-dev"),
    envvar="BENCH_CONVERSATIONS",
    show_default=True,
    show_envvar=True,
    help="A folder of LoCoMo conversations.",
)
@click.option("--explain", is_flag=True, help="Also print why each missed question about phone calls was missed.")
def main(*, conversations: Path, explain: bool) -> None:
    """Print what search finds in long conversations, if there are any, and in the phone calls of this repository."""
    ways = ways_here()
    if any(conversations.glob("*.json")):
        collection = locomo.load(conversations)
        all_results = [play(collection, way) for way in ways]
        for results in all_results:
            show_recall(collection, results)
        show_latency(collection, all_results)
        for results in all_results:
            show_thresholds(collection, results)
    else:
        print(f"There are no conversations in {conversations}: that table is left out.")
    collection = phone.load()
    ways += [structs.replace(way, name="with facts", answers=phone.ANSWERS) for way in ways[-1:] if way.name]
    all_results = [play(collection, way, is_thorough=True) for way in ways]
    show_hits(collection, all_results)
    show_faults(collection, all_results)
    show_latency(collection, all_results)
    for results in all_results:
        show_recall(collection, results)
        show_thresholds(collection, results)
    if explain:
        for results in all_results:
            show_misses(collection, results)
    learned.show(collection)


if __name__ == "__main__":
    main()
