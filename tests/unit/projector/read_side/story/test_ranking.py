"""Why a search ranks memories as it does."""

from pathlib import Path

from projector.engines.open import Engines
from projector.engines.settings import EMBEDDED, EngineSettings
from projector.read_side.story.ranking import Ranked, ranked
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite


def search(site: ProjectorSite, query: str, *, limit: int = 5) -> list[Ranked]:
    with site.read_model() as read_model:
        engine = Engines(EngineSettings()).read(EMBEDDED, read_model.engine_tables)
        return ranked(read_model, engine, MARTA, query, limit=limit, agent_id=None)


def test_each_word_has_its_score_and_what_holds_it(tmp_path: Path) -> None:
    """Words of the memory, also in another form, of the agent's question, and those that nobody said are told apart."""
    site = ProjectorSite(tmp_path)
    site.hold(transcription("conv_1", "My allergies are bad.", "We have a parrot."))
    best = search(site, "allergic question zebra")[0]

    assert best.memory.source.words == "My allergies are bad."
    shares = {share.word: share for share in best.words}
    assert shares["question"].held_by == "question"
    assert (shares["zebra"].score, shares["zebra"].held_by) == (0.0, "nothing")
    assert shares["question"].score > 0
    assert [share.score for share in best.words] == sorted((share.score for share in best.words), reverse=True)


def test_ranks_are_those_of_the_search_itself(tmp_path: Path) -> None:
    """The order, the scores and the number are what the engine gives for the question."""
    site = ProjectorSite(tmp_path)
    site.hold(transcription("conv_1", "My son Emil is 3.", "My son Erik is 5.", "We have a parrot."))
    with site.read_model() as read_model:
        engine = Engines(EngineSettings()).read(EMBEDDED, read_model.engine_tables)
        hits = engine.search(MARTA, "son Erik", limit=2, agent_id=None)
    found = search(site, "son Erik", limit=2)

    assert [(each.rank, each.memory.id, each.score) for each in found] == [
        (rank, hit.memory_id, hit.score) for rank, hit in enumerate(hits, start=1)
    ]
    assert search(site, "") == []
    assert search(site, "zebra") == []
