"""Two releases side by side, as during an upgrade: real processes of both, over one log and one read model."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.releases import newer_release
from tests.support.samples import MARTA, transcription
from tests.support.servers import Site
from tests.support.waiting import wait_until

BEN, ANA = "+12025550199", "+12025550177"


@pytest.fixture
def newer(tmp_path: Path, site: Site) -> Site:
    """The same installation, run by a newer release that stores other columns."""
    return release(site, newer_release(tmp_path / "newer"))


@pytest.fixture
def compatible(tmp_path: Path, site: Site) -> Site:
    """The same installation, run by a newer release with another schema that both can read."""
    return release(site, newer_release(tmp_path / "newer", is_compatible=True))


def release(site: Site, packages: Path) -> Site:
    """Return a site in the same folders whose processes run other packages."""
    other = Site(site.folder, PYTHONPATH=str(packages))
    other.payloads, other.read_model = site.payloads, site.read_model
    return other


def called(site: Site, *callers: str) -> None:
    """Have callers call."""
    names = {MARTA: "Marta", BEN: "Ben", ANA: "Ana"}
    for caller in callers:
        body = transcription(f"conv_{names[caller]}", "My zebra is ill.", caller=caller, first_name=names[caller])
        assert site.post_call(body).status_code == 200


def name_of(site: Site, caller: str) -> str:
    """Return the name by which a caller is greeted."""
    name: str = site.call_start(caller)["dynamic_variables"]["caller_name"]
    return name


def assert_says(site: Site, words: str) -> None:
    """Assert that `/health` says something of the read model, and that only that is degraded."""
    health: dict[str, Any] = {}

    def has_said() -> bool:
        health.update(site.health())
        return words in (health["read_model"]["error"] or "")

    wait_until(has_said, describe=lambda: str(health))
    assert health["degraded"] == ["read_model"]


def assert_well(site: Site) -> None:
    """Assert that `/health` says that all is well."""
    site.wait_until(lambda: site.health()["status"] == "ok")


def assert_unmarked(site: Site) -> None:
    """Assert that no process has noted any generation as damaged."""
    assert list(site.read_model.glob("*/DAMAGED")) == []
    assert "read_model_damaged" not in site.log("projector")


@contextmanager
def learnt(site: Site, *callers: str) -> Iterator[None]:
    """Run ingress and the projector of a release until callers are learnt; ingress runs on until the block ends."""
    with site.ingress():
        called(site, *callers)
        with site.projector():
            site.wait_until_folded(len(callers))
            assert [name_of(site, caller) != "" for caller in callers] == [True] * len(callers)
        yield


def test_older_ingress_beside_a_newer_projector_still_knows_who_calls(site: Site, newer: Site) -> None:
    """
    It greets by name and finds, from what was known before the newer release, marks nothing as damaged, says once in
    its log and in `/health` what to do, and takes webhooks, which the newer release learns at once. Who is forgotten
    now is forgotten there too.
    """
    generations = SqliteGenerations(site.read_model)
    with learnt(site, MARTA, BEN), newer.ingress(), newer.projector():
        newer.wait_until_folded(2)
        assert generations.current() == 2
        for _ in range(20):
            assert (name_of(site, MARTA), name_of(newer, MARTA)) == ("Marta", "Marta")
            assert site.search("zebra", BEN)["memories"]
            assert site.search("", BEN)["memories"]
        assert_says(site, "restart ingress with the new release")
        assert_well(newer)
        assert site.log("ingress").count("restart ingress with the new release") == 1

        called(site, ANA)
        newer.wait_until_folded(3)
        assert (name_of(newer, ANA), name_of(site, ANA)) == ("Ana", "")
        assert site.request("GET", "/").status_code == 200
        assert_unmarked(site)

        newer.run("projector", "--forget", MARTA)
        assert (name_of(newer, MARTA), name_of(newer, BEN)) == ("", "Ben")
        assert [name_of(site, caller) for caller in (MARTA, BEN)] == ["", ""]
        assert site.search("zebra", BEN)["degraded"]
        assert_says(site, "every caller is answered as unknown")
        assert_unmarked(site)
    # The former one, which knew the forgotten caller, is gone.
    assert [path.name for path in site.read_model.iterdir() if path.is_dir()] == ["2"]


def test_newer_ingress_beside_an_older_projector_waits_for_its_own(site: Site, newer: Site) -> None:
    """
    It answers every caller as unknown, marks nothing as damaged, says what to do, and takes webhooks; the older
    processes beside it go on. As soon as the projector of its release has replayed, it knows everybody.
    """
    with learnt(site, MARTA), newer.ingress():
        with site.projector():
            for _ in range(20):
                assert (name_of(site, MARTA), name_of(newer, MARTA)) == ("Marta", "")
                assert newer.search("zebra", MARTA)["degraded"]
            assert_says(newer, "start the projector of this release")
            called(newer, BEN)
            site.wait_until_folded(2)
            assert name_of(site, BEN) == "Ben"
            assert newer.log("ingress").count("start the projector of this release") == 1
        with newer.projector():
            newer.wait_until(lambda: name_of(newer, BEN) == "Ben")
            assert name_of(site, BEN) == "Ben"
            assert_well(newer)
        assert_unmarked(site)


def test_older_projector_that_comes_back_leaves_the_newer_ingress_its_memories(site: Site, newer: Site) -> None:
    """After a step back the older projector makes its own memories, and a newer ingress still knows who calls."""
    with learnt(newer, MARTA), site.ingress(), site.projector():
        site.wait_until(lambda: name_of(site, MARTA) == "Marta")
        for _ in range(5):
            assert name_of(newer, MARTA) == "Marta"
            assert_says(newer, "start the projector of this release")
        assert_well(site)
        assert_unmarked(site)


def test_releases_that_read_each_other_serve_what_the_other_one_learns(site: Site, compatible: Site) -> None:
    """Where a release says that readers of the other schema can read it, both ingresses know everything at once."""
    with learnt(site, MARTA), compatible.ingress():
        with site.projector():
            called(site, BEN)
            compatible.wait_until_folded(2)
            assert (name_of(compatible, MARTA), name_of(compatible, BEN)) == ("Marta", "Ben")
            assert_well(compatible)
        with compatible.projector():
            called(site, ANA)
            site.wait_until_folded(3)
            assert [name_of(site, caller) for caller in (MARTA, BEN, ANA)] == ["Marta", "Ben", "Ana"]
            assert site.search("zebra", ANA)["memories"]
            assert_well(site)
        assert_unmarked(site)


def test_commands_say_which_release_to_use(site: Site, newer: Site) -> None:
    """A command of the older release beside newer memories names the fault and what to do, and exits 1; none waits."""
    with newer.ingress(), newer.projector():
        called(newer, MARTA)
        newer.wait_until_folded(1)
        for command in (
            ["--dump"],
            ["show", MARTA],
            ["failures"],
            ["--export", MARTA],
            ["--once"],
            ["--forget", MARTA],
        ):
            done = site.run("projector", *command, check=False)
            assert done.returncode == 1
            assert "a newer release wrote the read model" in done.stderr
            assert "use that release" in done.stderr
        assert_unmarked(site)
