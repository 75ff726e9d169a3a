"""What Prometheus reads: of one worker and of several, and of the projector; and what the pages say of it."""

import json
import re
import time
from pathlib import Path

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.samples import CAPTURED, MARTA, audio, transcription
from tests.support.servers import SEARCH_DATA_KEY, Site, free_port, kill_all, signed

pytestmark = [pytest.mark.slow, pytest.mark.server]

_DOCS = Path(__file__).parents[2] / "docs"
# Served where the log lies in a database alone: many_machines/test_standbys.py asks for these.
WITH_A_DATABASE = {"elaoms_log_standbys_in_sync", "elaoms_log_connections", "elaoms_log_longest_append_seconds"}
_NAME = re.compile(r"\belaoms_[a-z_]+")


class _Values(dict[tuple[str, ...], float]):
    """Each value by its name and its labels' values, in any order."""

    def __getitem__(self, key: tuple[str, ...]) -> float:
        name, *labels = key
        return super().__getitem__((name, *sorted(labels)))


def _values(text: str) -> _Values:
    return _Values(
        {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }
    )


def _scrape(site: Site) -> _Values:
    answer = site.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return _values(answer.text)


@pytest.mark.parametrize("workers", ["1", "3"])
def test_counts_what_all_workers_did(tmp_path: Path, workers: str) -> None:
    """Each webhook is counted once, by what it was and how it was answered, whichever worker is asked for the sum."""
    port = free_port()
    (tmp_path / "answers.jsonl").write_text("")
    site = Site(
        tmp_path, INGRESS_WORKERS=workers, METRICS_PORT=str(port), LLM_PROVIDER="file", LLM_FILE="answers.jsonl"
    )
    site.env |= {"LLM_PRICE_IN_PER_M": "1", "LLM_PRICE_OUT_PER_M": "2"}
    with site.ingress(), site.projector():
        site.wait_until(lambda: "replay_finished" in site.log("projector"))  # what a replay folds is not counted
        before = _scrape(site)
        assert before["elaoms_webhooks_total", "post_call", "ok"] == 0
        for number in range(20):  # each on a connection of its own, so that several workers have some
            assert site.post_call(transcription(f"conv_{number}", "My son is 3.")).status_code == 200
        site.post_call(CAPTURED.read_bytes())
        site.post_call(CAPTURED.read_bytes())
        site.post_call(audio("conv_1"))
        site.post_call(b"\xff no JSON")
        site.post("/webhook/post-call", content=b"{}", headers=signed(b"{}", age_s=3600))
        site.post("/webhook/client-data", json={})
        site.wait_until_folded(23)
        site.call_start(MARTA)
        for query, caller in (("son", MARTA), ("zebra", MARTA), ("son", "+12025550199")):
            site.search(query, caller)
        site.post("/webhook/search-data", json={"query": "son"}, headers={"x-api-key": SEARCH_DATA_KEY})

        def are_counted() -> bool:
            return _scrape(site)["elaoms_webhooks_total", "search_data", "ok"] == 4

        site.wait_until(are_counted, "ingress")
        time.sleep(1.5)  # another worker may still give what it saw within the last second
        now = _scrape(site)
        assert now["elaoms_webhooks_total", "post_call", "ok"] == 24
        assert now["elaoms_webhooks_total", "post_call", "unauthorized"] == 1
        assert now["elaoms_webhooks_total", "client_data", "unauthorized"] == 1
        assert now["elaoms_webhook_seconds_count", "post_call"] == 25
        assert now["elaoms_events_appended_total", "transcription"] == 21
        assert now["elaoms_events_appended_total", "audio"] == now["elaoms_events_appended_total", "unreadable"] == 1
        assert now[("elaoms_duplicates_total",)] == 1
        assert now[("elaoms_appended_bytes_total",)] == sum(event.receipt.size for event in site.events())
        assert now["elaoms_search_tool_faults_total", "no_caller_id"] == 1
        assert sum(value for (name, *_), value in now.items() if name == "elaoms_searches_total") == 4
        assert now["elaoms_searches_total", "empty"] >= 2
        assert now[("elaoms_engine_seconds_count",)] == 4
        assert now["elaoms_webhook_last_success_timestamp_seconds", "post_call"] > 1_700_000_000
        assert now[("elaoms_log_events",)] == now[("elaoms_projected_position",)] == 23
        assert now[("elaoms_unprojected_events",)] == now[("elaoms_oldest_unprojected_age_seconds",)] == 0
        assert now["elaoms_degraded", "unreadable"] == 1
        assert now["elaoms_degraded", "log"] == 0
        text = site.get("/metrics").text
        assert MARTA not in text
        with httpx.Client(trust_env=False) as client:
            site.wait_until(lambda: "elaoms_extraction" in client.get(f"http://127.0.0.1:{port}/metrics").text)
            own = client.get(f"http://127.0.0.1:{port}/metrics").text
        assert _values(own)[("elaoms_events_projected_total",)] == 23
        assert _values(own)[("elaoms_projector_waiting",)] == 0
        assert _values(own)["elaoms_extraction_answers_total", "refusal"] == 0
        if workers == "1":
            _check_pages(text, own)


def test_counters_of_an_ingress_that_was_killed_go_with_the_next_start(tmp_path: Path) -> None:
    """A killed ingress leaves its folder, the next start removes it, and nobody removes that of one that runs."""
    site, other = Site(tmp_path, INGRESS_WORKERS="2"), Site(tmp_path, INGRESS_WORKERS="2")
    with site.ingress() as killed:
        left = _shared_folder(killed.pid)
        assert left.exists()
        kill_all(killed)
    with other.ingress() as running:
        own = _shared_folder(running.pid)
        assert not left.exists()
        with site.ingress() as second:
            assert _shared_folder(second.pid) != own
        assert own.exists()
        assert _scrape(other)["elaoms_webhooks_total", "post_call", "ok"] == 0
    assert not own.exists()


def test_probe_is_no_webhook_that_came_in(site: Site) -> None:
    """After `ingress doctor` the probes are counted as such, and no monitor believes that ElevenLabs gets through."""
    with site.ingress():
        site.run("ingress", "doctor", check=False)
        now = _scrape(site)
    assert now["elaoms_webhooks_total", "post_call", "probe"] >= 1
    assert now["elaoms_webhooks_total", "post_call", "ok"] == 0
    assert now["elaoms_webhook_last_success_timestamp_seconds", "post_call"] == 0


def _shared_folder(pid: int) -> Path:
    """Return the folder in which the workers of an ingress share their counters."""
    for worker in psutil.Process(pid).children():
        if "PROMETHEUS_MULTIPROC_DIR" in worker.environ():
            return Path(worker.environ()["PROMETHEUS_MULTIPROC_DIR"])
    raise AssertionError("no worker has one")


def _check_pages(*served: str) -> None:
    """Each name on the page, in the dashboard and in the alerts is served, and the page names each that is."""
    names = {name for text in served for name in _values(text)}
    assert not [name for name, *_ in names if name.endswith("_created")]
    known = {re.sub(r"_(bucket|sum|count)$", "", name) for name, *_ in names}
    page = set(_NAME.findall((_DOCS / "metrics.md").read_text()))
    assert page == known | WITH_A_DATABASE
    for file in ("dashboard.json", "alerts.yaml"):
        used = {re.sub(r"_bucket$", "", name) for name in _NAME.findall((_DOCS / "monitoring" / file).read_text())}
        assert used
        assert used <= known


def test_event_that_waits_has_an_age(site: Site) -> None:
    """Without a projector, the events wait, and the age of the oldest of them grows."""
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", "one"))
        site.wait_until_folded(1)
    with site.ingress():
        site.post_call(transcription("conv_2", "two"))
        site.wait_until(lambda: _scrape(site)[("elaoms_oldest_unprojected_age_seconds",)] > 2, "ingress")
        assert _scrape(site)[("elaoms_unprojected_events",)] == 1


def test_dashboard_is_one_that_grafana_reads() -> None:
    """Each panel has a title of its own, a place of its own, and an expression with a name of ours."""
    panels = json.loads((_DOCS / "monitoring" / "dashboard.json").read_text())["panels"]
    assert len({panel["title"] for panel in panels}) == len({str(panel["gridPos"]) for panel in panels}) == len(panels)
    assert all("elaoms_" in target["expr"] for panel in panels for target in panel["targets"])


def test_port_that_is_taken_stops_no_projector(tmp_path: Path) -> None:
    """A projector whose metrics port is taken says so, and learns."""
    site = Site(tmp_path)
    site.env["METRICS_PORT"] = str(site.port)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", "one"))
        site.wait_until_folded(1)
    assert "metrics_not_served" in site.log("projector")
