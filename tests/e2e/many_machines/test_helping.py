"""Two machines whose projectors share memories: one takes the log's events, the other one folds beside it."""

from contextlib import closing

from projector.read_model.open import open_generations
from tests.support.servers import Site


def test_the_second_projector_folds(site: Site) -> None:
    """A projector that is led to the database, and does not take, has who takes know that it folds there."""
    other = Site(site.folder / "other", **site.env | {"READ_MODEL_PATH": str(site.folder / "other" / "readmodel")})
    other.folder.mkdir()
    generations = open_generations(site.env["DATABASE_URL"])

    def has_company() -> bool:
        with closing(generations.open(generations.current() or 0)) as writer:
            return writer.sharing is not None and writer.sharing.has_company()

    with site.projector():
        site.wait_until(lambda: generations.current() is not None)
        assert not has_company()
        with other.projector():
            other.wait_until(has_company)
        site.wait_until(lambda: not has_company())
