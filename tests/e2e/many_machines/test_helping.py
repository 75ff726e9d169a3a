"""Two machines whose projectors share memories: one takes the log's events, the other one folds beside it."""

from contextlib import ExitStack, closing

from projector.read_model.open import open_generations
from tests.support.servers import Site


def test_the_second_projector_folds(site: Site) -> None:
    """A projector that is led to the database has who takes know that it folds, until it takes."""
    other = Site(site.folder / "other", **site.env | {"READ_MODEL_PATH": str(site.folder / "other" / "readmodel")})
    other.folder.mkdir()
    generations = open_generations(site.env["DATABASE_URL"])

    def has_company() -> bool:
        with closing(generations.open(generations.current() or 0)) as writer:
            return writer.sharing is not None and writer.sharing.has_company()

    def is_followed() -> bool:
        with generations.lock("follow", wait=False) as is_held:
            return not is_held

    with ExitStack() as others:
        with site.projector():
            site.wait_until(lambda: generations.current() is not None)
            assert not has_company()
            others.enter_context(other.projector())
            other.wait_until(has_company)
            assert "projector_helping" in other.log("projector")  # which is no reason for a warning
        other.wait_until(lambda: is_followed() and not has_company())
