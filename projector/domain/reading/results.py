"""The values that a call collected, wherever its analysis lists them."""

from collections.abc import Iterator
from typing import Any

from events.wire.webhooks import Analysis, CollectedValue, ListedValue, ScopedAnalysis


def results_of(analysis: Analysis | None) -> dict[str, tuple[CollectedValue, str | None]]:
    """
    Return the results of data collection by their ids, each with the agent that it is of where the analysis says so.

    A result that has a value is preferred to one without; then one of the whole call to one of a single agent, and of
    those the last agent's.
    """
    found: dict[str, tuple[CollectedValue, str | None]] = {}
    for id_, result, agent_id in _all(analysis) if analysis else ():
        known = found.get(id_)
        if known is None or known[0].value is None:
            found[id_] = (result, agent_id)
    return dict(sorted(found.items()))


def _all(analysis: Analysis) -> Iterator[tuple[str, CollectedValue, str | None]]:
    yield from _each(analysis.data_collection_results, None)
    yield from _each(analysis.data_collection_results_list, None)
    for scope in reversed(analysis.scoped) if isinstance(analysis.scoped, list) else ():
        if isinstance(scope, ScopedAnalysis):
            agent_id = scope.source_agent_id
            yield from _each(scope.data_collection_results, agent_id if isinstance(agent_id, str) else None)


def _each(results: Any, agent_id: str | None) -> Iterator[tuple[str, CollectedValue, str | None]]:
    by_id = results.items() if isinstance(results, dict) else ()
    listed = results if isinstance(results, list) else ()
    pairs = [*by_id, *((each.data_collection_id, each) for each in listed if isinstance(each, ListedValue))]
    for id_, result in pairs:
        if isinstance(id_, str) and id_ and not _is_systems(id_) and isinstance(result, CollectedValue):
            yield id_, result, agent_id or None


def _is_systems(id_: str) -> bool:
    # Such as `__system_data_collection_topic`: what a call was about, nothing of the person.
    return id_.strip().lower().startswith("__system_")
