"""Posts the calls of a collection to real processes, and asks its questions as an agent asks them."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import httpx
from msgspec import Struct

from bench.recall.corpora.conversations import Call, Collection, Place, Question
from bench.recall.measures import Answer, Found
from tests.support.servers import SEARCH_DATA_KEY, Site

_LIMIT = 10
_FOLDED_AT_ONCE = 20
# `Home town: Oslo`, `Home town, said on 12 January 2026, until 3 May 2026: Oslo`, `Said by Ann Lee: Home town: Oslo`.
_LABEL = re.compile(r"(?:Said by [^:]+: )?([^:,]+)[:,]")


class TimedAnswers(Struct):
    """Answers, and the milliseconds of each search and of a `/health` of the same server after it."""

    answers: list[Answer]
    search_ms: list[float]
    health_ms: list[float]


def send(site: Site, collection: Collection) -> None:
    """Post all calls, and wait until they are folded."""
    with site.client() as client:
        for number, call in enumerate(collection.calls, 1):
            site.post_call(call.webhook(), client=client).raise_for_status()
            if number % _FOLDED_AT_ONCE == 0 or number == len(collection.calls):
                site.wait_until_folded(number)


def ask(
    site: Site, questions: Sequence[Question], *, calls: Mapping[str, Call] | None = None, limit: int = _LIMIT
) -> TimedAnswers:
    """
    Return the answers to questions, of so many memories, in their order.

    Args:
        calls: those that were played, by their ids; see `place_of`.
    """
    asked = TimedAnswers([], [], [])
    with site.client() as client:
        for caller, of_caller in groupby(questions, lambda question: question.caller):
            site.call_start(caller)  # every call begins with this webhook
            for question in of_caller:
                body = {
                    "query": question.query,
                    "caller_id": caller,
                    "agent_id": question.agent_id,
                    "limit": limit,
                }
                with _timed(asked.search_ms):
                    answer = client.post("/webhook/search-data", json=body, headers={"x-api-key": SEARCH_DATA_KEY})
                with _timed(asked.health_ms):
                    client.get("/health")
                asked.answers.append(Answer(question, _found(answer, calls or {})))
    return asked


@contextmanager
def _timed(times_ms: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    times_ms.append((time.perf_counter() - began) * 1000)


def _found(answer: httpx.Response, calls: Mapping[str, Call]) -> tuple[Found, ...]:
    data = answer.raise_for_status().json()
    if data["degraded"]:
        raise AssertionError(f"the search was not made: {data['summary']}")
    return tuple(
        Found(
            place_of(memory, calls),
            memory["score"],
            is_confident=memory["confident"],
            words=f"{memory['source']['asked']} {memory['content']}".strip(),
        )
        for memory in data["memories"]
    )


def place_of(memory: dict[str, Any], calls: Mapping[str, Call]) -> Place:
    """
    Return where a memory of an answer comes from.

    A collected value begins with its id in words, after who said it, and before when it was so. Of a fact it is the
    turn that proves it; of one that the agent's words prove, the caller's turn after them, with which they are
    remembered.

    Args:
        calls: those that were played, by their ids.
    """
    source = memory["source"]
    match source["kind"]:
        case "turn":
            key = str(source["turn"])
        case "fact":
            conversation_id, turn = memory["conversation_id"] or "", source["turn"]
            call = calls.get(conversation_id)
            if call is not None and turn is not None and not call.turns[turn].is_caller:
                turn += 1
            return Place(conversation_id, "turn", "" if turn is None else str(turn))
        case "collected":
            label = _LABEL.match(memory["content"])
            key = label[1].lower().replace(" ", "_") if label else memory["content"]
        case kind:
            key = kind
    return Place(memory["conversation_id"] or "", source["kind"], key)
