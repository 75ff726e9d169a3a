"""
Real answers match the OpenAPI document, whatever is sent: schemathesis fuzzes a real server.

It covers every endpoint of the document. `FUZZ_EXAMPLES=2000` makes it as thorough as that many examples for each
endpoint and method.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import binary, booleans, builds, just, none, sampled_from
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.samples import transcription
from tests.support.servers import CLIENT_DATA_KEY, SEARCH_DATA_KEY, Site, signed

Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Any]
ADMIN_KEY = "key-admin-4be1"
KNOWN = "+12025550177"  # in no example of the document: an erasure also takes later events
_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
# A request about one caller reads the whole log, and an erasure waits for the projector.
_EXAMPLES_OF_CALLERS = max(6, _EXAMPLES // 10)
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_JSON = ["application/json", "application/json; charset=utf-8", "application/vnd.api+json"]
_QUESTIONS = {"/webhook/client-data", "/webhook/search-data", "/webhook/search-memory"}


class Fuzzed(NamedTuple):
    """A running installation, and its document."""

    site: Site
    schema: Any
    seen: Counter[tuple[str, int]]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzzed]:
    """An installation with every endpoint open and one known caller; both its processes run."""
    more = {"DEBUG": "true", "ADMIN_KEY": ADMIN_KEY, "FREE_DISK_MIN_MB": "0", "LOG_LEVEL": "warning"}
    site = Site(tmp_path_factory.mktemp("fuzzed"), **more)
    with site.ingress(), site.projector():
        assert (
            site.post_call(transcription("conv_known", "My parrot is called Zeppelin.", caller=KNOWN)).status_code
            == 200
        )
        site.wait_until_folded(1)
        document = site.get("/docs/openapi.json").json()
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=site.url)
        fuzzed = Fuzzed(site, schema, Counter())
        yield fuzzed
        assert "Traceback" not in site.log("ingress")
    if "FUZZ_EXAMPLES" in os.environ:
        for (what, status), times in sorted(fuzzed.seen.items()):
            print(f"{what}: {status} {times} times")


Change = Callable[[requests.PreparedRequest], requests.PreparedRequest]
Check = Callable[[Any, AnyCase], None]


def with_keys(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sign a request, and give it the key that its path needs, as a trusted sender does."""
    body = request.body or b""
    assert isinstance(body, str | bytes)
    request.headers.update(signed(body.encode() if isinstance(body, str) else body))
    path = request.path_url.partition("?")[0]
    key = CLIENT_DATA_KEY if path == "/webhook/client-data" else SEARCH_DATA_KEY if path in _QUESTIONS else ADMIN_KEY
    request.headers["x-api-key"] = key
    return request


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as it is; without keys it is a stranger's."""
    return request


def spoiled(content_type: str | None, body: bytes | None) -> Change:
    """Return a function that changes a request's content type, body, or both: schemathesis itself keeps to JSON."""

    def spoil(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if request.method == "POST" and content_type is not None:
            request.headers["content-type"] = content_type
        if request.method == "POST" and body is not None:
            request.body = body
            request.headers["content-length"] = str(len(body))
        return request

    return spoil


spoilers = builds(
    spoiled,
    none() | sampled_from([*_JSON, "text/plain", "text/json", "multipart/form-data", "*/*", "application/x,json"]),
    none() | binary(max_size=100),
)


def is_monitoring(case: AnyCase) -> bool:
    """Tell whether a request asks for 503 whenever anything is degraded, as bodies that cannot be read are here."""
    return case.path == "/health" and "strict" in (case.query or {})


def operations(schema: Any) -> list[Operation]:
    """Return every operation of the document."""
    return [result.ok() for result in schema.get_all_operations()]


def fuzz(fuzzed: Fuzzed, operation: Operation, mode: GenerationMode, credentials: Change, check: Check) -> None:
    """Send an operation's examples, and check every answer, by the document and by `check`."""
    is_malformed = mode == GenerationMode.NEGATIVE

    @settings(
        max_examples=_EXAMPLES_OF_CALLERS if "{" in operation.path else _EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        spoil=spoilers if is_malformed else just(as_it_is),
        is_known=booleans(),
    )
    def send(case: AnyCase, spoil: Change, is_known: bool) -> None:
        if is_known and "number" in case.path_parameters:
            case.path_parameters["number"] = KNOWN
        session.auth = lambda request: credentials(spoil(request))
        response = case.call(session=session)
        fuzzed.seen[f"{operation.label} {mode.value} {credentials.__name__}", response.status_code] += 1
        checks = [each for each in _CHECKS if each is not not_a_server_error or not is_monitoring(case)]
        case.validate_response(response, checks=checks)
        check(response, case)

    with requests.Session() as session:
        session.trust_env = False
        # A request without input cannot be malformed.
        with suppress(*([Unsatisfiable] if is_malformed else [])):
            send()


MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.mark.timeout(0)
@pytest.mark.parametrize("mode", MODES, ids=["well-formed", "malformed"])
def test_who_has_the_keys_is_answered_as_documented(fuzzed: Fuzzed, mode: GenerationMode) -> None:
    """With the keys no answer is 5xx, every answer matches its schema, and webhooks are never refused."""

    def check(response: Any, case: AnyCase) -> None:
        assert response.status_code != 401
        if case.path == "/webhook/post-call":
            assert response.status_code == 200
        if case.path in _QUESTIONS:
            sent = response.request.headers.get("content-type")
            assert response.status_code == (200 if sent is None or sent in _JSON else 415)

    for operation in operations(fuzzed.schema):
        fuzz(fuzzed, operation, mode, with_keys, check)


@pytest.mark.timeout(0)
@pytest.mark.parametrize("mode", MODES, ids=["well-formed", "malformed"])
def test_strangers_are_refused_as_documented(fuzzed: Fuzzed, mode: GenerationMode) -> None:
    """Without the keys, whatever is tried, the endpoints that need one answer 401, and nothing is appended."""
    before = fuzzed.site.health()["log"]["events"]
    guarded = {"/webhook/post-call", *_QUESTIONS, *(path for path in fuzzed.schema if path.startswith("/callers"))}

    def check(response: Any, case: AnyCase) -> None:
        if case.path in guarded:
            assert response.status_code in {401, 415}

    for operation in operations(fuzzed.schema):
        fuzz(fuzzed, operation, mode, as_it_is, check)
    assert fuzzed.site.health()["log"]["events"] == before
