"""
What facts add to the phone calls: what is found, and what `caller_brief` alone answers, before and after.

The facts are the gold ones, as a model without a fault would state them: this is the ceiling of what one can add.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from bench.recall.asking import ask, send
from bench.recall.corpora import facts
from bench.recall.corpora.conversations import Collection
from bench.recall.corpora.facts import GoldFact
from bench.recall.measures import Answer, hits, recall, reciprocal_rank
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table
from tests.support.servers import Site

_Proven = dict[tuple[str, str], list[GoldFact]]


def show(collection: Collection) -> None:
    """Play a collection of which the gold facts are known, import these, and print the table."""
    site = Site(scratch_folder("learned"))
    gold = facts.load(collection.calls)
    proven: _Proven = defaultdict(list)
    for name, found in gold.items():
        for fact in found:
            proven[facts.conversation_of(name, fact), str(fact.turn)].append(fact)
    table = Table(
        f"{collection.name}: without and with {sum(map(len, gold.values()))} gold facts",
        *("facts", "hit@3", "recall@5", "MRR", "the brief alone answers"),
    )
    with site.projector(), site.ingress():
        send(site, collection)
        table.add("without", *_figures(site, collection, proven))
        answers = site.folder / "answers.jsonl"
        answers.write_text("\n".join(_lines(proven)) + "\n")
        site.run("events", "import-extractions", str(answers))
        site.wait_until_folded(len(site.events()))
        table.add("with", *_figures(site, collection, proven))
    table.show()


def _lines(proven: _Proven) -> list[str]:
    statements: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (conversation_id, _), found in proven.items():
        statements[conversation_id] += [fact.statement(0) for fact in found]
    made_by = {"prompt_version": 1, "provider": "gold", "model": "gold", "completed_at": 1}
    return [
        json.dumps({"conversation_id": id_, **made_by, "answer": {"memories": found}})
        for id_, found in sorted(statements.items())
    ]


def _figures(site: Site, collection: Collection, proven: _Proven) -> list[str]:
    calls = {call.conversation_id: call for call in collection.calls}
    answers = ask(site, collection.questions, calls=calls).answers
    return [
        f"{hits(answers, 3):.3f}",
        f"{recall(answers, 5):.3f}",
        f"{reciprocal_rank(answers):.3f}",
        f"{_briefed(site, answers, proven):.3f}",
    ]


def _briefed(site: Site, answers: Sequence[Answer], proven: _Proven) -> float:
    """Return the share of questions about a gold fact whose value stands in the brief at the start of the call."""
    asked = told = 0
    for answer in answers:
        places = [place for group in answer.question.gold for place in group]
        about = [fact for place in places for fact in proven.get((place.conversation_id, place.key), ())]
        if about:
            variables = site.call_start(answer.question.caller, agent_id=answer.question.agent_id)["dynamic_variables"]
            brief = variables["caller_brief"].casefold()
            asked += 1
            told += any(value.casefold() in brief for fact in about for value in fact.values)
    return told / asked if asked else 0.0
