"""Whatever an agent's LLM sends as a question, search answers it, by words and with meaning."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.support.model_package import STAND_IN, put_package
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.servers import SEARCH_DATA_KEY, Site
from tests.support.vectors import vector_rows

_SAID = ("My skin comes out in a rash whenever I touch latex gloves.", "The parcel is behind the shed. \U0001f600")
_QUERIES: dict[str, Any] = {
    "empty": "",
    "blank": " \t\r\n\u3000",
    "null": None,
    "a number": 12.5,
    "a truth value": True,
    "an object": {"question": "latex"},
    "a list": ["latex", None, {"parcel": 1}],
    "100 KB in one word": "x" * 100_000,
    "100 KB of words": "is there a parcel behind the shed " * 3000,
    "100 KB without a space": "小包はどこですか" * 4200,
    "half of a surrogate pair": "latex \ud83d",
    "the other half": "\ude00 latex",
    "emoji alone": "\U0001f600\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea",
    "right to left": "هل لدي حساسية من اللاتكس؟ \u202e\u05dc\u05d8\u05e7\u05e1\u202c",
    "a zero byte": "latex\0parcel",
    "control characters": "".join(map(chr, range(32))) + "latex",
    "marks that combine": "l" + "\u0301" * 5000 + "atex",
    "punctuation": "?!.,;:'\"()[]{}<>*^~`|\\/",
    "what looks like a pattern": '(a+)+$ .* latex NEAR/5 OR AND NOT "',
    "SQL": "'; DROP TABLE vectors; --",
}
_KEYWORDS: dict[str, Any] = {
    "null": None,
    "a text": "latex, rash; parcel\nshed",
    "a number": 7,
    "a truth value": False,
    "an object": {"word": "latex"},
    "an empty list": [],
    "a list of anything": ["latex", None, 7, 1.5, True, ["rash"], {"a": 1}, "", "\ud800", "\0", "x" * 10_000],
    "thousands": [f"word{number}" for number in range(5000)],
}


@contextmanager
def _site(folder: Path, semantic: str) -> Iterator[Site]:
    site = Site(folder, SEMANTIC_SEARCH=semantic, PYTHONPATH=put_package(folder, STAND_IN), SEMANTIC_DEADLINE_MS="5000")
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", *_SAID, at_s=NOON_S))
        site.wait_until_folded(1)
        if semantic == "auto":
            site.wait_until(lambda: len(vector_rows(site.read_model)) == 1)
            site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")
        yield site


@pytest.mark.parametrize(
    "semantic",
    ["off", pytest.param("auto", marks=pytest.mark.skipif(find_spec("numpy") is None, reason="numpy is missing"))],
)
def test_odd_question_is_answered(tmp_path: Path, semantic: str) -> None:
    """No text and no type of a question or of keywords is an error, or leaves a known caller without an answer."""
    with _site(tmp_path, semantic) as site:
        odd = [(name, {"query": query}) for name, query in _QUERIES.items()]
        odd += [(f"keywords: {name}", {"query": "any news?", "keywords": given}) for name, given in _KEYWORDS.items()]
        for name, question in odd:
            body = json.dumps({"caller_id": MARTA} | question).encode()  # ASCII: half of a pair is sent as an escape
            headers = {"x-api-key": SEARCH_DATA_KEY, "content-type": "application/json"}
            answer = site.post("/webhook/search-data", content=body, headers=headers)
            assert answer.status_code == 200, (name, answer.text[:500])
            data = answer.json()
            assert data["memories"], name
            assert data["degraded"] is False, name
            answer.text.encode()  # whole UTF-8

        headers = {"x-api-key": SEARCH_DATA_KEY, "content-type": "application/json"}
        for body in (
            b'{"caller_id": "+12025550143", "query": "latex \xe9"}',
            b'{"caller_id": "+12025550143", "query": "latex", "limit": NaN, "keywords": [Infinity]}',
            b'{"caller_id": "+12025550143", "query": "latex", "limit": 1e999}',
        ):
            found = site.post("/webhook/search-data", content=body, headers=headers).json()["memories"]
            assert found, body
            assert "latex" in found[0]["content"], body
        for sure in ("latex", "latex \ud83d", "latex\0gloves"):
            body = json.dumps({"caller_id": MARTA, "query": sure}).encode()
            found = site.post("/webhook/search-data", content=body, headers=headers).json()["memories"]
            assert "latex" in found[0]["content"], sure
        assert site.health()["status"] == "ok"
        assert "Traceback" not in site.log("ingress")
