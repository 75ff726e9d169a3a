"""What agents are called on a screen: by the names that ElevenLabs says, where these are known."""

from collections import Counter
from collections.abc import Iterable

from projector.read_model.protocol import ReadModel


def agent_names(read_model: ReadModel, agent_ids: Iterable[str | None]) -> dict[str, str]:
    """
    Return what each of some agents is called, by id: the name, or the id of one whose name is not known.

    Where two of them have one name, the id stands behind it.
    """
    ids = sorted({agent_id for agent_id in agent_ids if agent_id})
    profiles = {agent_id: read_model.agent_profile(agent_id) for agent_id in ids}
    names = {agent_id: profile.name if profile is not None else "" for agent_id, profile in profiles.items()}
    shared = Counter(names.values())
    return {
        agent_id: f"{name} ({agent_id})" if name and shared[name] > 1 else name or agent_id
        for agent_id, name in names.items()
    }
