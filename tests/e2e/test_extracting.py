"""Calls that a model reads beside the projection: real processes, and the vendor's SDK against a server of ours."""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.crashing import Crashing
from tests.support.extractions import extraction
from tests.support.model_server import error
from tests.support.model_sites import Model, extractions, learning, model_site
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.server, pytest.mark.slow]

DELTA, CIGNA = "I'm with Delta.", "I'm with Cigna now."
BEN = "+12025550199"


@pytest.fixture
def model() -> Iterator[Model]:
    """A model that answers on the loopback."""
    model = Model()
    with model.server.serving():
        yield model
        model.go.set()


@pytest.fixture
def site(tmp_path: Path, model: Model) -> Site:
    """An installation that asks it; nothing runs yet."""
    return model_site(tmp_path, model)


def wait_for_answers(site: Site, count: int) -> None:
    site.wait_until(lambda: len(extractions(site)) == count)


def hold(site: Site, *bodies: bytes) -> None:
    """Append calls, by an ingress that ends then."""
    with site.ingress():
        for body in bodies:
            assert site.post_call(body).status_code == 200


def test_call_is_found_by_its_words_at_once_and_by_its_facts_once_the_model_has_answered(
    site: Site, model: Model
) -> None:
    """And nobody pays twice: not for the same webhook, a restart, a replay, or a second projector."""
    model.go.clear()
    body = transcription("conv_1", DELTA)
    with site.ingress(), site.projector():
        assert site.post_call(body).status_code == 200
        site.wait_until_folded(1)
        assert [each["source"]["kind"] for each in site.search("Delta", MARTA)["memories"]] == ["turn"]
        site.wait_until(lambda: model.asked == 1)
        assert site.health()["learning"]["status"] == "ok"
        model.go.set()
        site.wait_until_folded(2)
        assert "fact" in [each["source"]["kind"] for each in site.search("insurance", MARTA)["memories"]]
        site.wait_until(lambda: learning(site)["waiting"] == 0)
        assert site.post_call(body).status_code == 200
        with site.process("projector"):
            site.run("projector", "replay")
            (said,) = extractions(site)
    with site.projector():
        site.wait_until(lambda: learning(site)["at_s"] > time.time() - 2)
        site.run("projector", "extract")
    assert model.asked == 1
    assert (said.provider, said.model, said.requested_model) == ("openai-compatible", "gpt-6-luna-2026-08-01", "luna")
    assert (said.host, said.usage.input_tokens, said.finish_reason) == ("127.0.0.1", 1900, "complete")


def test_answer_under_way_when_the_projector_ends_is_appended_and_asked_for_once(site: Site, model: Model) -> None:
    """The projector ends as soon as ever; who asks ends once it has what it asked for."""
    model.go.clear()
    hold(site, transcription("conv_1", DELTA), transcription("conv_2", DELTA))
    with site.projector() as projector:
        site.wait_until(lambda: model.asked == 1)
        asking = psutil.Process(projector.pid).children(recursive=True)
        began_s = time.monotonic()
        projector.send_signal(signal.SIGTERM)
        assert projector.wait(PATIENCE_S) == 0
        assert time.monotonic() - began_s < PATIENCE_S / 2
        model.go.set()
        wait_until(lambda: not any(each.is_running() and each.status() != "zombie" for each in asking))
    assert model.asked == 1
    assert len(extractions(site)) == 1
    with site.projector():
        wait_for_answers(site, 2)
    assert model.asked == 2


def test_killed_projector_loses_no_answer(site: Site, model: Model) -> None:
    """SIGKILL ends the projector alone: who asks appends what is under way, and the next one asks nothing twice."""
    model.go.clear()
    hold(site, transcription("conv_1", DELTA))
    with site.projector() as projector:
        site.wait_until(lambda: model.asked == 1)
        os.kill(projector.pid, signal.SIGKILL)
        projector.wait(PATIENCE_S)
        model.go.set()
        wait_for_answers(site, 1)
    with site.projector():
        site.wait_until(lambda: '"fact"' in site.dump())
    assert model.asked == 1


def test_killed_asker_is_begun_anew_and_may_pay_twice(site: Site, model: Model) -> None:
    """What was under way is asked again: that is the one answer that a crash may cost."""
    model.go.clear()
    hold(site, transcription("conv_1", DELTA))
    with site.projector() as projector:
        site.wait_until(lambda: model.asked == 1)
        (asking,) = psutil.Process(projector.pid).children()
        asking.kill()
        model.go.set()
        wait_for_answers(site, 1)
        assert projector.poll() is None
    assert model.asked == 2
    assert "extraction_worker_ended" in site.log("projector")


@pytest.mark.parametrize(
    ("step", "asked"),
    [("question_begun", 1), ("question_answered", 2), ("answer_wanted", 2), ("extraction_appended", 1)],
)
def test_kill_at_any_step_costs_one_answer_at_most(
    tmp_path: Path, model: Model, monkeypatch: pytest.MonkeyPatch, step: str, asked: int
) -> None:
    """And never appends one twice, or none."""
    site = model_site(tmp_path / "site", model)
    site.folder.mkdir()
    hold(site, transcription("conv_1", DELTA))
    for name, value in site.env.items():
        monkeypatch.setenv(name, value)
    with closing(Crashing(tmp_path)) as crashing:
        crashing.run(site.folder, ["extract"], at=step, payloads=str(site.payloads))
        crashing.run(site.folder, ["extract"], payloads=str(site.payloads))
        crashing.run(site.folder, ["extract"], payloads=str(site.payloads))
    assert model.asked == asked
    assert len(extractions(site)) == 1


def test_answer_about_who_is_forgotten_meanwhile_is_thrown_away(site: Site, model: Model) -> None:
    """It is not appended after the erasure, and nothing of the call is left; another caller's is read."""
    model.go.clear()
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", DELTA))
        site.wait_until(lambda: model.asked == 1)
        site.run("projector", "forget", MARTA, "--yes")
        site.post_call(transcription("conv_2", CIGNA, caller=BEN))
        model.go.set()
        wait_for_answers(site, 1)
        site.wait_until(lambda: "extraction_thrown_away" in site.log("projector"))
    assert [each.conversation_id for each in extractions(site)] == ["conv_2"]
    assert not [path for path in site.read_model.rglob("*") if path.is_file() and DELTA.encode() in path.read_bytes()]


def test_provider_that_refuses_the_key_is_held_with_one_alarm_until_the_key_is_another(
    site: Site, model: Model
) -> None:
    """All calls wait, status and health say why, and nothing else is degraded."""
    model.fault = error(401, "invalid_api_key", "Incorrect API key.")
    with site.ingress():
        with site.projector():
            site.post_call(transcription("conv_1", DELTA))
            site.wait_until(lambda: "extraction_held" in site.log("projector"))
            site.post_call(transcription("conv_2", DELTA, at_s=NOON_S + 60))
            site.wait_until(lambda: learning(site)["waiting"] == 2)
            site.wait_until(lambda: site.recent_health()["learning"]["status"] == "held")
            health = site.health()
            assert (health["status"], health["degraded"]) == ("ok", [])
            assert "401" in health["learning"]["reason"]
            status = site.run("projector", "status", check=False)
            assert status.returncode == 1
            assert "refuses all questions" in status.stdout
        model.fault = None
        with site.projector():
            site.wait_until(lambda: learning(site)["at_s"] > time.time() - 2)
            assert model.asked == 1
        site.env["LLM_API_KEY"] = "sk-another-key-0123456789abcdef"
        with site.projector():
            wait_for_answers(site, 1)
            site.run("projector", "retry")
            wait_for_answers(site, 2)
    assert site.log("projector").count("extraction_held") == 1
    assert model.asked == 3


def test_busy_server_is_asked_later_and_a_person_may_have_it_sooner(site: Site, model: Model) -> None:
    """What waits is listed, survives a restart, and `projector retry` has it asked about now."""
    model.fault = error(429, "rate_limit_exceeded", "Slow down.", retry_after="1")
    hold(site, transcription("conv_1", DELTA))
    with site.projector():
        site.wait_until(lambda: "conv_1" in site.run("projector", "failures", check=False).stdout)
    listed = site.run("projector", "failures", check=False).stdout
    assert "conv_1" in listed
    assert "429" in listed
    (noted,) = json.loads(site.run("projector", "failures", "--json", check=False).stdout)
    assert 0 < noted["next_try_at_s"] - time.time() <= 60
    model.fault = None
    with site.projector():
        site.wait_until(lambda: learning(site)["at_s"] > time.time() - 2)
        assert model.asked == 1
        assert "1 call" in site.run("projector", "retry", "conv_1").stderr
        wait_for_answers(site, 1)
    assert site.run("projector", "failures").stdout == ""
    assert extractions(site)[0].attempt == 1


def test_fallback_is_asked_where_the_first_one_has_no_answer(tmp_path: Path, model: Model) -> None:
    """After all tries of the first one, which a person may have made sooner than their time."""
    (tmp_path / "answers.jsonl").write_text(
        json.dumps({"conversation_id": "conv_1", "model": "by hand", "answer": {"memories": []}}) + "\n"
    )
    model.fault = error(503)
    site = model_site(tmp_path, model, LLM_FALLBACK_PROVIDER="file", LLM_FILE="answers.jsonl")
    hold(site, transcription("conv_1", DELTA))
    for _ in range(3):
        assert site.run("projector", "extract", check=False).returncode == 1
    assert extractions(site) == []
    site.run("projector", "extract", check=False)
    assert [each.provider for each in extractions(site)] == ["file"]
    assert model.asked == 4


def test_tokens_of_a_day_are_a_limit(tmp_path: Path, model: Model) -> None:
    """The rest waits, and it is said: by the command, by status, by health, and once in the log."""
    site = model_site(tmp_path, model, LLM_TOKENS_PER_DAY_MAX="2000", LLM_PRICE_IN_PER_M="1", LLM_PRICE_OUT_PER_M="10")
    hold(site, *(transcription(f"conv_{number}", DELTA, at_s=NOON_S + number) for number in range(5)))
    done = site.run("projector", "extract", check=False)
    assert done.returncode == 1
    assert "tokens of today are spent" in done.stderr
    assert (model.asked, learning(site)["tokens_today"]) == (2, 3940)
    assert learning(site)["cost"] == pytest.approx((2 * 1900 * 1 + 2 * 70 * 10) / 1e6)
    with site.ingress(), site.projector():
        site.wait_until(lambda: "extraction_tokens_spent" in site.log("projector"))
        site.wait_until(lambda: site.recent_health()["learning"]["status"] == "spent")
        assert "3,940 of 2,000 spent today" in site.run("projector", "status").stdout
    assert model.asked == 2
    assert site.log("projector").count("extraction_tokens_spent") == 1


def test_command_says_what_asking_would_cost_and_asks_about_what_was_chosen(tmp_path: Path, model: Model) -> None:
    """A dry run asks nothing; a check asks about nobody's call."""
    site = model_site(tmp_path, model, LLM_PRICE_IN_PER_M="1", LLM_PRICE_OUT_PER_M="10")
    hold(
        site,
        transcription("conv_1", DELTA),
        transcription("conv_2", DELTA, agent="agent_shop", at_s=NOON_S + 86400),
    )
    site.run("projector", "--once")
    told = site.run("projector", "extract", "--dry-run").stdout
    assert told.startswith("2 calls to ask about")
    assert "by LLM_PRICE_IN_PER_M" in told
    assert model.asked == 0
    model.fault = None
    checked = site.run("projector", "extract", "--check")
    assert "LLM_STRUCTURED=schema: holds" in checked.stdout
    assert model.asked == 3  # a server may know three forms
    assert not any("Delta" in request.user for request in model.server.requests)
    assert site.run("projector", "extract", "--since", "2025-11-13", "--agent", "agent_shop").returncode == 0
    assert [each.conversation_id for each in extractions(site)] == ["conv_2"]
    assert site.run("projector", "extract", "--dry-run").stdout.startswith("1 call to ask about")


def test_check_says_which_form_holds_instead(site: Site, model: Model) -> None:
    """A server that refuses the form that is set is tried with the others."""
    answer = model.server.answer
    model.server.answer = lambda received: (
        error(404, "no_schemas") if "json_schema" in str(received.body.get("response_format")) else answer(received)
    )
    checked = site.run("projector", "extract", "--check", check=False)
    assert checked.returncode == 1
    assert "LLM_STRUCTURED=schema: does not hold: it answered 404" in checked.stdout
    assert "set LLM_STRUCTURED=json" in checked.stderr


def test_newer_prompts_answers_are_seen_before_they_count(tmp_path: Path) -> None:
    """With EXTRACTION_PROMPT_MAX an answer to a newer prompt stays in the log, and a dry run shows its effect."""
    body = transcription("conv_1", DELTA)
    lines = tmp_path / "answers.jsonl"
    newer = json.loads(json.loads(extraction(body))["data"]["answer"])
    told = {"provider": "p", "model": "m", "completed_at": 1}
    answers: list[tuple[dict[str, Any], int]] = [({"memories": []}, 1), (newer, 2)]
    lines.write_text(
        "".join(
            json.dumps({"conversation_id": "conv_1", "prompt_version": version, "answer": answer, **told}) + "\n"
            for answer, version in answers
        )
    )
    site = Site(tmp_path, EXTRACTION_PROMPT_MAX="1")
    hold(site, body)
    site.run("events", "import-extractions", str(lines))
    site.run("projector", "--once")
    assert '"kind":"fact"' not in site.dump()
    site.env["EXTRACTION_PROMPT_MAX"] = "2"
    changes = site.run("projector", "replay", "--dry-run", check=False)
    assert changes.returncode == 1
    assert "Delta" in changes.stdout
    assert '"kind":"fact"' not in site.dump()
    site.run("projector", "--once")
    assert '"kind":"fact"' in site.dump()


def test_without_a_provider_nobody_is_asked_and_all_is_well(tmp_path: Path) -> None:
    """Health and status say so as a fact; the projector has no process beside it; the command says what to set."""
    site = Site(tmp_path)
    with site.ingress(), site.projector() as projector:
        site.post_call(transcription("conv_1", DELTA))
        site.wait_until_folded(1)
        health = site.health()
        assert (health["status"], health["learning"]["status"]) == ("ok", "no extraction")
        assert psutil.Process(projector.pid).children() == []
        assert "LLM_PROVIDER is not set" in site.run("projector", "status").stdout
    done = site.run("projector", "extract", check=False)
    assert done.returncode == 2
    assert "LLM_PROVIDER is not set" in done.stderr


def test_command_comes_before_a_projector_that_asks(site: Site, model: Model) -> None:
    """The projector's asker leaves it the turn once its answers are there, and asks about no call of the command's."""
    model.go.clear()
    hold(site, *(transcription(f"conv_{number}", DELTA, at_s=NOON_S + number) for number in range(3)))
    with site.projector():
        site.wait_until(lambda: model.asked == 1)
        with site.process("projector", "extract") as extracting:
            time.sleep(0.5)
            model.go.set()
            assert extracting.wait(PATIENCE_S) == 0
        wait_for_answers(site, 3)
    assert model.asked == 3
