"""
What a caller of many years costs: a search of that caller, and the greetings of others beside eight such searches.

Asked through the webhooks. The limit is a search on the same server for an unknown caller.
"""

from collections.abc import Iterator

from bench.rig import corpus
from bench.rig.scratch import scratch_folder
from bench.rig.steady_load import Answers, greetings, offering, pressing, searches, sustained
from bench.rig.table import Table, percentile
from tests.support.servers import Site

# Calls of the callers who are searched, and what the search of each must take at most, in milliseconds.
_HISTORIES = {10: "", 1000: "40", 5000: "80"}
_OTHERS = 1000
_STRANGER = "+12029999999"
_FOR_S, _GREETED_FOR_S = 10.0, 20.0
_GREETINGS_PER_S = 20.0
_SEARCHERS = 8
_RATIO_MAX = 3


def run() -> None:
    """Search one caller at a time, then greet others beside eight searches, and print both tables."""
    site = Site(scratch_folder("long-history"), LOG_LEVEL="error")
    corpus.write_log(site.payloads, _calls())
    site.run("projector", "--once")
    with site.ingress():
        _search(site)
        _greet(site)


def _calls() -> Iterator[tuple[str, bytes]]:
    """Yield the calls of the callers who are greeted, numbered from 0, then of those who are searched."""
    number = 0
    for who, count in (*((who, 2) for who in range(_OTHERS)), *enumerate(_HISTORIES, _OTHERS)):
        for _ in range(count):
            yield corpus.conversation_id(number), corpus.call(number, callers=1, first=who)
            number += 1


def _query(number: int) -> str:
    return f"What did the caller say about {corpus.words(10**6 + number, 8)}"


def _search(site: Site) -> None:
    columns = ("p50", "p99", "stranger p50", "ratio", "must")
    table = Table("a caller of many years: search, time to the answer, ms", "calls", *columns)
    for caller, (calls, must) in enumerate(_HISTORIES.items(), _OTHERS):
        asked = [
            sustained(site.port, searches(who, _query), clients=1, for_s=_FOR_S).taken_s[200]
            for who in (_STRANGER, corpus.caller(caller))
        ]
        limit, p50 = (_ms(taken_s, 0.5) for taken_s in asked)
        table.add(calls, p50, _ms(asked[1], 0.99), limit, p50 / limit, must)
    table.show()


def _greet(site: Site) -> None:
    idle = _greeted(site)
    columns = ("greeting p50", "p99", "ratio of p50", "must", "searches/s", "search p50", "degraded or late")
    table = Table(f"greetings of others beside {_SEARCHERS} searches of one caller, ms", "calls", *columns)
    table.add("idle", _ms(idle.taken_s[200], 0.5), _ms(idle.taken_s[200], 0.99), "", "", "", "", "")
    for caller, calls in enumerate(_HISTORIES, _OTHERS):
        load = searches(corpus.caller(caller), _query)
        with pressing(site.port, load, clients=_SEARCHERS, for_s=_GREETED_FOR_S) as searching:
            beside = _greeted(site)
            searched: Answers = searching.recv()
        p50 = _ms(beside.taken_s[200], 0.5)
        table.add(
            calls,
            p50,
            _ms(beside.taken_s[200], 0.99),
            p50 / _ms(idle.taken_s[200], 0.5),
            str(_RATIO_MAX),
            len(searched.taken_s[200]) / searched.took_s,
            _ms(searched.taken_s[200], 0.5),
            site.log("ingress").count("searches_degraded"),
        )
    table.show()


def _greeted(site: Site) -> Answers:
    with offering(site.port, greetings(_OTHERS), rate=_GREETINGS_PER_S, for_s=_GREETED_FOR_S * 0.8) as asked:
        answers: Answers = asked.recv()
    assert not answers.statuses.total() - answers.statuses[200], answers.statuses
    return answers


def _ms(taken_s: list[float], share: float) -> float:
    return percentile(taken_s, share) * 1000
