"""Who may be told a memory, in one text."""

from hypothesis import given
from hypothesis import strategies as st

from projector.domain.audience import audience_of, ids_in, may_hear

_ids = st.text(alphabet=st.sampled_from("aZ_-%20 5\té"), min_size=1, max_size=8)


@given(st.sets(_ids, max_size=5))
def test_audience_gives_back_its_agents(ids: set[str]) -> None:
    """Whatever stands in the ids, an audience names the agents that it was made of, and all may hear."""
    told_to = audience_of(ids)
    assert sorted(ids_in(told_to)) == sorted(ids)
    assert all(may_hear(told_to, agent_id) for agent_id in ids)
