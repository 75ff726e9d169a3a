"""Calls that are read by batches of a vendor: real processes, and the vendors' SDKs against a server of ours."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.batch_vendor import BatchVendor
from tests.support.crashing import Crashing
from tests.support.model_server import Received, Reply, completion, error, message
from tests.support.model_sites import Model, extractions, learning, model_site, stated
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = [pytest.mark.server, pytest.mark.slow]

DELTA, CIGNA = "I'm with Delta.", "I'm with Cigna now."
BEN = "+12025550199"
COUNT = 3


class Batching:
    """A vendor with batches, and the careful model that answers them and what is asked alone."""

    def __init__(self, vendor: str) -> None:
        self.name = vendor
        self.model = Model()
        self.vendor = BatchVendor(self.model.server)
        self.model.server.answer = self._answer
        self.is_cutting = False

    def _answer(self, received: Received) -> Reply:
        text = json.dumps({"memories": stated(received)})
        is_cut = self.is_cutting and "Hello." in received.user and "Bye." in received.user
        if self.name == "anthropic":
            return message(text[:5], "max_tokens") if is_cut else message(text)
        return completion(text[:5], "length") if is_cut else completion(text)

    @property
    def alone(self) -> int:
        """How many questions were asked alone."""
        return len(self.model.server.requests)

    def site(self, folder: Path, **settings: str) -> Site:
        """Return an installation that asks it; nothing runs yet."""
        base_url = self.model.server.url + ("" if self.name == "anthropic" else "/v1")
        return model_site(folder, self.model, **({"LLM_PROVIDER": self.name, "LLM_BASE_URL": base_url} | settings))


@pytest.fixture(params=["openai", "anthropic"])
def batching(request: pytest.FixtureRequest) -> Iterator[Batching]:
    """Each vendor."""
    batching = Batching(request.param)
    with batching.model.server.serving():
        yield batching


@pytest.fixture
def openai() -> Iterator[Batching]:
    """One vendor, where it makes no difference which."""
    batching = Batching("openai")
    with batching.model.server.serving():
        yield batching


def hold(site: Site, count: int = COUNT, **more: Any) -> None:
    """Append calls, by an ingress that ends then."""
    with site.ingress():
        for number in range(count):
            body = transcription(f"conv_{number}", DELTA, at_s=NOON_S + number * 3600, **more)
            assert site.post_call(body).status_code == 200


def batch(site: Site, *, check: bool = True) -> Any:
    """Have all calls read by a batch, in the foreground."""
    return site.run("projector", "extract", "--batch", check=check)


def answered(site: Site) -> list[str]:
    return sorted(each.conversation_id for each in extractions(site))


def test_batch_is_answered_as_questions_alone_are(tmp_path: Path, batching: Batching) -> None:
    """The same events but for the moment; then they are facts. Nothing is asked twice, nor left at the vendor."""
    site = batching.site(tmp_path / "batch", LLM_PRICE_IN_PER_M="1", LLM_PRICE_OUT_PER_M="10")
    other = batching.site(tmp_path / "alone")
    for each in (site, other):
        each.folder.mkdir()
        hold(each)
    done = batch(site)
    assert "3 calls submitted" in done.stderr
    assert "3 calls answered, 0 without an answer; 5,700 tokens in and 210 out, 0.0039 by" in done.stderr
    assert (batching.alone, batching.vendor.asked, len(batching.vendor.batches)) == (0, 3, 1)
    other.run("projector", "extract")
    told = [
        {each.conversation_id: (each.raw_answer(), each.prompt, each.usage, each.finish_reason, each.schema_sha256)}
        for each in extractions(site)
    ]
    assert sorted(map(str, told)) == sorted(
        str(
            {each.conversation_id: (each.raw_answer(), each.prompt, each.usage, each.finish_reason, each.schema_sha256)}
        )
        for each in extractions(other)
    )
    assert {
        (each.provider, each.model, each.requested_model, each.host, each.latency_ms) for each in extractions(site)
    } == {(batching.name, extractions(other)[0].model, "luna", "127.0.0.1", 0)}
    assert '"kind":"fact"' in site.dump()
    assert learning(site)["batches"] == 0
    assert learning(site)["cost"] == pytest.approx((3 * 1900 * 1 + 3 * 70 * 10) / 2e6)
    assert batching.vendor.removed
    assert "no call is to be asked about" in batch(site).stderr
    assert (batching.alone, len(batching.vendor.batches)) == (3, 1)


def test_following_projector_takes_what_a_batch_answered(tmp_path: Path, batching: Batching) -> None:
    """The command may be stopped; status and health say what is out, which nobody asks about alone."""
    site = batching.site(tmp_path)
    hold(site)
    batching.vendor.is_ended = False
    with site.process("projector", "extract", "--batch") as extracting:
        wait_until(lambda: batching.vendor.asked == COUNT)
        wait_until(lambda: learning(site)["in_batch"] == COUNT)
        extracting.send_signal(signal.SIGTERM)
        assert extracting.wait(PATIENCE_S) == 1
    begun_s = time.time()
    with site.ingress(), site.projector():
        told = "3 calls in 1 batch at the vendor, since"
        site.wait_until(lambda: learning(site)["at_s"] > begun_s)  # it is no longer the command that says so
        site.wait_until(lambda: told in site.run("projector", "status", check=False).stdout)
        site.wait_until(lambda: site.recent_health()["learning"]["in_batch"] == COUNT)
        assert "3 calls in a batch that is out already" in site.run("projector", "extract", "--dry-run").stdout
        batching.vendor.is_ended = True
        site.wait_until(lambda: answered(site) == ["conv_0", "conv_1", "conv_2"])
        site.wait_until(lambda: learning(site)["batches"] == 0)
    assert (batching.alone, batching.vendor.asked) == (0, COUNT)


def test_two_commands_at_once_pay_once(tmp_path: Path, openai: Batching) -> None:
    """The second one waits for the batch of the first."""
    site = openai.site(tmp_path)
    hold(site)
    openai.vendor.is_ended = False
    with (
        site.process("projector", "extract", "--batch") as one,
        site.process("projector", "extract", "--batch") as other,
    ):
        wait_until(lambda: openai.vendor.asked == COUNT)
        wait_until(lambda: len([seen for seen in openai.vendor.seen if seen.path == "/v1/batches/batch_0"]) > 2)
        openai.vendor.is_ended = True
        assert (one.wait(PATIENCE_S), other.wait(PATIENCE_S)) == (0, 0)
    assert (openai.alone, openai.vendor.asked) == (0, COUNT)
    assert answered(site) == ["conv_0", "conv_1", "conv_2"]


def test_calls_without_a_result_are_listed_and_asked_about_alone_later(tmp_path: Path, batching: Batching) -> None:
    """Missing, expired, cancelled, failed and refused ones; the others are answered, and nobody is held."""
    site = batching.site(tmp_path)
    hold(site, 6)
    fates: list[int | str] = [200, "missing", "expired", "canceled", 529, 400]
    numbers: dict[str, int] = {}
    batching.vendor.fate = lambda id_, _: fates[numbers.setdefault(id_, len(numbers))]
    done = batch(site, check=False)
    assert done.returncode == 1
    assert "1 call answered, 5 without an answer" in done.stderr
    listed = json.loads(site.run("projector", "failures", "--json", check=False).stdout)
    assert sorted(" ".join(each["reason"].split()[:6]) for each in listed)[:2] == [
        "it answered 400: invalid_request_error: A test",
        "it answered 529: overloaded_error: A test",
    ]
    assert all(0 < each["next_try_at_s"] - time.time() <= 60 for each in listed)
    assert learning(site)["held"] == ""
    counted = learning(site)["totals"]["failures"]
    assert counted == {"batch": 3, "down": 1, "bad_request": 1}
    site.run("projector", "extract")
    assert len(answered(site)) == 6
    assert batching.alone == 5


@pytest.mark.parametrize("status", ["failed", "expired", "cancelled"])
def test_batch_that_fails_whole_costs_no_call(tmp_path: Path, openai: Batching, status: str) -> None:
    """All its calls are asked about alone later."""
    site = openai.site(tmp_path)
    hold(site)
    openai.vendor.status = status
    openai.vendor.fate = lambda *_: "missing"
    assert batch(site, check=False).returncode == 1
    assert status in site.run("projector", "failures", check=False).stdout
    assert learning(site)["batches"] == 0
    openai.vendor.fate = lambda *_: 200
    site.run("projector", "extract")
    assert answered(site) == ["conv_0", "conv_1", "conv_2"]


def test_vendor_that_is_busy_is_sent_the_batch_again(tmp_path: Path, openai: Batching) -> None:
    """After a minute or as it says; stopped meanwhile, the command has paid for nothing."""
    site = openai.site(tmp_path)
    hold(site)
    openai.vendor.faults = {"POST /v1/batches": [error(429, "rate_limit_exceeded", retry_after="70")]}
    with site.process("projector", "extract", "--batch") as extracting:
        wait_until(lambda: openai.vendor.faults["POST /v1/batches"] == [])
        wait_until(lambda: bool(openai.vendor.removed))
        time.sleep(0.5)
        extracting.send_signal(signal.SIGINT)
        assert extracting.wait(PATIENCE_S) == 1
    assert (openai.vendor.asked, answered(site)) == (0, [])
    batch(site)
    assert answered(site) == ["conv_0", "conv_1", "conv_2"]


def test_batch_that_was_taken_and_not_answered_is_not_sent_again(tmp_path: Path, batching: Batching) -> None:
    """Nobody knows its id, and a second one would be paid as well: the command says what to do."""
    site = batching.site(tmp_path)
    hold(site)
    batching.vendor.loses_answers = True
    done = batch(site, check=False)
    assert (done.returncode, len(batching.vendor.batches)) == (1, 1)
    assert "it may have taken the batch" in done.stderr
    assert answered(site) == []


def test_vendor_that_refuses_the_batch_is_said_and_holds_nobody(tmp_path: Path, openai: Batching) -> None:
    """A key may have no right to batches, and ask alone."""
    site = openai.site(tmp_path)
    hold(site)
    openai.vendor.faults = {"POST /v1/batches": [error(403, "permission_error", "No batches.")]}
    done = batch(site, check=False)
    assert done.returncode == 1
    assert "openai takes no batch: it answered 403" in done.stderr
    assert site.run("projector", "extract").returncode == 0
    assert len(answered(site)) == COUNT


def test_results_that_break_off_are_fetched_again(tmp_path: Path, openai: Batching) -> None:
    """The connection ends within the file: the second time it is whole, and nothing is paid for again."""
    site = openai.site(tmp_path)
    hold(site)
    openai.vendor.faults = {"GET /v1/files/file-output": [Reply(body=b"{}" * 1000, manner="cut")]}
    batch(site)
    assert answered(site) == ["conv_0", "conv_1", "conv_2"]
    assert (openai.alone, openai.vendor.asked) == (0, COUNT)


def test_call_that_needs_several_pieces_is_several_requests_of_one_batch(tmp_path: Path, batching: Batching) -> None:
    """They are joined as those that are asked alone."""
    site = batching.site(tmp_path)
    long = [f"I say number {number}. " + "word " * 1500 for number in range(8)]
    with site.ingress():
        site.post_call(transcription("conv_long", *long, DELTA))
    batch(site)
    assert (batching.alone, len(batching.vendor.batches)) == (0, 1)
    assert batching.vendor.asked > 1
    (said,) = extractions(site)
    assert said.usage.input_tokens == batching.vendor.asked * 1900
    assert "Delta" in said.answer


def test_answer_that_was_cut_is_asked_for_in_halves_alone(tmp_path: Path, batching: Batching) -> None:
    """At once, and the cut one is not asked for again."""
    site = batching.site(tmp_path)
    with site.ingress():
        site.post_call(transcription("conv_1", "Hello.", DELTA, "Bye."))
    batching.is_cutting = True
    batch(site)
    (said,) = extractions(site)
    assert said.finish_reason == "complete"
    assert "Delta" in said.answer
    assert batching.vendor.asked == 1
    assert batching.alone >= 2
    assert said.usage.input_tokens == 1900 * (1 + batching.alone)


# The steps of a batch, and how many batches are paid for where the process dies there.
_STEPS = {
    "batch_begun": 1,
    "batch_submitted": 2,
    "batch_noted": 1,
    "batch_answered": 1,
    "answer_wanted": 1,
    "extraction_appended": 1,
    "batch_taken": 1,
}
# Where the vendor's own code runs just before or after; the other steps are the same for both.
_OF_THE_VENDOR = ("batch_submitted", "batch_answered")


@pytest.mark.parametrize(
    ("batching", "step"),
    [*(("openai", step) for step in _STEPS), *(("anthropic", step) for step in _OF_THE_VENDOR)],
    indirect=["batching"],
)
def test_kill_at_any_step_costs_one_batch_at_most(
    tmp_path: Path, batching: Batching, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Only a death between the vendor's answer and our note of it costs one; no answer is appended twice, or none."""
    site = batching.site(tmp_path / "site")
    site.folder.mkdir()
    hold(site)
    for name, value in site.env.items():
        monkeypatch.setenv(name, value)
    with closing(Crashing(tmp_path)) as crashing:
        crashing.run(site.folder, ["extract", "--batch"], at=step, payloads=str(site.payloads))
        for _ in range(2):
            crashing.run(site.folder, ["extract", "--batch"], payloads=str(site.payloads))
    assert (batching.alone, len(batching.vendor.batches)) == (0, _STEPS[step])
    assert answered(site) == ["conv_0", "conv_1", "conv_2"]
    assert batching.vendor.removed


def test_nothing_of_who_is_forgotten_while_a_batch_is_out_is_appended_or_kept(
    tmp_path: Path, batching: Batching
) -> None:
    """Of the batch no word is on the disk, and nothing at all of that caller; others are answered."""
    site = batching.site(tmp_path)
    hold(site, 2)
    with site.ingress():
        site.post_call(transcription("conv_ben", CIGNA, caller=BEN))
    batching.vendor.is_ended = False
    with site.process("projector", "extract", "--batch") as extracting:
        wait_until(lambda: batching.vendor.asked == 3)
        wait_until(lambda: learning(site)["in_batch"] == 3)
        extracting.send_signal(signal.SIGTERM)
        extracting.wait(PATIENCE_S)
    asked = [path for path in (site.read_model / "asked").rglob("*") if path.is_file()]
    assert not [path for path in asked if b"Delta" in path.read_bytes() or MARTA[1:].encode() in path.read_bytes()]
    site.run("projector", "forget", MARTA, "--yes")
    for path in asked:
        assert not path.exists() or b"conv_0" not in path.read_bytes()
    batching.vendor.is_ended = True
    batch(site, check=False)
    assert answered(site) == ["conv_ben"]
    assert "Delta" not in site.dump()
    assert batching.alone == 0
    assert "nothing is wrong" in site.run("events", "verify").stdout
    assert batching.vendor.removed


def test_batch_of_nobody_who_is_left_is_cancelled(tmp_path: Path, openai: Batching) -> None:
    """What nobody wants any more is not answered further, and is removed from the vendor once it has ended."""
    site = openai.site(tmp_path)
    hold(site)
    openai.vendor.is_ended = False
    with site.process("projector", "extract", "--batch") as extracting:
        wait_until(lambda: learning(site)["in_batch"] == COUNT if (site.read_model / ".learning").exists() else False)
        extracting.send_signal(signal.SIGTERM)
        extracting.wait(PATIENCE_S)
    site.run("projector", "forget", MARTA, "--yes")
    with site.projector():
        site.wait_until(lambda: bool(openai.vendor.canceled))
        openai.vendor.is_ended = True
        site.wait_until(lambda: bool(openai.vendor.removed))
    assert answered(site) == []


def test_tokens_of_a_day_hold_for_batches(tmp_path: Path, openai: Batching) -> None:
    """What is out counts as it is estimated, so that neither a batch nor a question exceeds them by more than one."""
    site = openai.site(tmp_path, LLM_TOKENS_PER_DAY_MAX="4000")
    hold(site, 9)
    openai.vendor.is_ended = False
    with site.process("projector", "extract", "--batch") as extracting:
        wait_until(lambda: openai.vendor.asked > 0)
        wait_until(lambda: learning(site)["in_batch"] > 0)
        extracting.send_signal(signal.SIGTERM)
        extracting.wait(PATIENCE_S)
    assert openai.vendor.asked == 2
    with site.projector():
        site.wait_until(lambda: learning(site)["at_s"] > time.time() - 2)
        time.sleep(1)
    assert openai.alone == 0
    openai.vendor.is_ended = True
    done = batch(site, check=False)
    assert "tokens of today are spent" in done.stderr
    assert (openai.alone, openai.vendor.asked) == (0, 3)  # 3,940 tokens are spent after two answers
    assert learning(site)["tokens_today"] == 3 * 1970


def test_dry_run_says_half_the_price_and_others_have_no_batch(tmp_path: Path, openai: Batching) -> None:
    """A provider without batches is said, with what to do; a dry run asks nothing."""
    site = openai.site(tmp_path, LLM_PRICE_IN_PER_M="1000", LLM_PRICE_OUT_PER_M="1000")
    hold(site)
    site.run("projector", "--once")
    told = [site.run("projector", "extract", "--dry-run", *more).stdout for more in ([], ["--batch"])]
    costs = [float(each.rpartition(" out, ")[2].split()[0]) for each in told]
    assert costs[0] == pytest.approx(2 * costs[1], abs=0.0002)
    assert "halved for a batch" in told[1]
    assert openai.vendor.seen == []
    (site.folder / "answers.jsonl").write_text("")
    for kind in ("openai-compatible", "file"):
        site.env |= {"LLM_PROVIDER": kind, "LLM_FILE": "answers.jsonl"}
        for more in ([], ["--dry-run"]):
            done = site.run("projector", "extract", "--batch", *more, check=False)
            assert done.returncode == 2
            assert f"{kind} has no batches; leave it out, or set LLM_PROVIDER to" in done.stderr


def test_other_provider_is_asked_for_no_batch_of_the_first(tmp_path: Path, openai: Batching) -> None:
    """A batch of a vendor that is not set any more stays noted, and status says so; its calls wait for it."""
    site = openai.site(tmp_path)
    hold(site)
    openai.vendor.is_ended = False
    with site.process("projector", "extract", "--batch") as extracting:
        wait_until(lambda: openai.vendor.asked == COUNT)
        wait_until(lambda: learning(site)["in_batch"] == COUNT)
        extracting.send_signal(signal.SIGTERM)
        extracting.wait(PATIENCE_S)
    openai.vendor.is_ended = True
    site.env["LLM_PROVIDER"] = "openai-compatible"
    with site.projector():
        site.wait_until(lambda: "not set any more" in site.run("projector", "status", check=False).stdout)
    assert openai.alone == 0
    site.env["LLM_PROVIDER"] = "openai"
    batch(site)
    assert (openai.alone, answered(site)) == (0, ["conv_0", "conv_1", "conv_2"])
