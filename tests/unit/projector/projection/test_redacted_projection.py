"""Redaction on the disk: the read model holds no redacted number, the log holds all of them."""

from pathlib import Path

from projector.domain.redaction.redaction import RedactionSettings
from projector.projection.settings import ProjectionSettings
from tests.support.samples import transcription
from tests.support.sites import ProjectorSite

CARD = "5425 2334 3010 9903"
GROUPS = [group.encode() for group in CARD.split()]
BODY = transcription(
    "conv_1",
    f"My card is {CARD}.",
    "five four two five two three three four three zero one zero double nine oh three",
    "5425",
    "2334 3010",
    "9903",
    summary=f"Paid with {CARD}.",
    title=CARD,
    card=int(CARD.replace(" ", "")),
    note=f"card {CARD}",
)


def follow(site: ProjectorSite) -> bytes:
    """Fold the call, and return all bytes of the read model, including those not yet checkpointed."""
    site.follower.catch_up()
    live = contents(site)
    site.follower.close()
    return live + contents(site)


def contents(site: ProjectorSite) -> bytes:
    """Return all bytes of the read model's files."""
    return b"\n".join(path.read_bytes() for path in sorted(site.generations.folder.rglob("*")) if path.is_file())


def site_of(folder: Path, settings: ProjectionSettings | None = None) -> ProjectorSite:
    """Return a site with one call, in each field of which the caller says a card number."""
    site = ProjectorSite(folder, settings)
    site.append(BODY.replace(b"Question 3?", b"mm-hm").replace(b"Question 4?", b"go on"))
    return site


def test_holds_no_card_number_on_the_disk(tmp_path: Path) -> None:
    """Projected live or replayed, neither the dump nor any byte of the read model holds the number; the log does."""
    site = site_of(tmp_path)
    held = follow(site)
    dump = site.replayed_dump()

    assert b"[card number removed]" in held
    assert dump.count("[card number removed]") >= 8
    for group in (*GROUPS, CARD.replace(" ", "").encode(), b"double nine"):
        assert group not in held
        assert group not in contents(site)
        assert group not in dump.encode()
    assert CARD.encode() in (tmp_path / "payloads/conv_1/conv_1_transcription.json").read_bytes()


def test_replays_what_is_to_be_removed_from_now_on(tmp_path: Path) -> None:
    """
    Once the setting asks to remove numbers, the projector replays, and the old generation is removed with its numbers.
    """
    before = follow(site_of(tmp_path, ProjectionSettings(redaction=RedactionSettings(kinds=()))))
    site = ProjectorSite(tmp_path)
    site.replay()

    assert CARD.encode() in before
    assert not any(group in contents(site) for group in GROUPS)
