"""Redaction on the disk: the read model holds no redacted number, the log holds all of them."""

from pathlib import Path

from projector.domain.redaction.redaction import RedactionSettings
from projector.projection.settings import ProjectionSettings
from tests.support.samples import transcription
from tests.support.sites import ProjectorSite

CARD = "5425 2334 3010 9903"
GROUPS = [group.encode() for group in CARD.split()]
PARTS = [*GROUPS, CARD.replace(" ", "").encode(), b"double nine"]
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


def parts_of_the_number(*held: bytes) -> set[bytes]:
    """
    Return the parts of the card number that each of the bytes holds.

    The read model also holds digests and times, which are others for each site: one in a hundred has four such digits.
    So a part counts where the files of every site have it.
    """
    return {part for part in PARTS if all(part in each for each in held)}


def test_holds_no_card_number_on_the_disk(tmp_path: Path) -> None:
    """Projected live or replayed, neither the dump nor any byte of the read model holds the number; the log does."""
    folders = (tmp_path / "one", tmp_path / "another")
    sites = [site_of(folder) for folder in folders]
    held = [follow(site) for site in sites]
    dumps = [site.replayed_dump() for site in sites]

    assert all(b"[card number removed]" in each for each in held)
    assert dumps[0].count("[card number removed]") >= 8
    assert not parts_of_the_number(*held)
    assert not parts_of_the_number(*map(contents, sites))
    assert not parts_of_the_number(dumps[0].encode())
    assert CARD.encode() in (folders[0] / "payloads/conv_1/conv_1_transcription.json").read_bytes()


def test_replays_what_is_to_be_removed_from_now_on(tmp_path: Path) -> None:
    """
    Once the setting asks to remove numbers, the projector replays, and the old generation is removed with its numbers.
    """
    folders = (tmp_path / "one", tmp_path / "another")
    before = [follow(site_of(folder, ProjectionSettings(redaction=RedactionSettings(kinds=())))) for folder in folders]
    sites = [ProjectorSite(folder) for folder in folders]
    for site in sites:
        site.replay()

    assert all(CARD.encode() in each for each in before)
    assert parts_of_the_number(*before) >= set(GROUPS)
    assert not parts_of_the_number(*map(contents, sites))
