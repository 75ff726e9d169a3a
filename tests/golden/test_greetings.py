"""What callers hear in each story of greetings, once the events before their call are folded."""

from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from ingress.settings import Settings
from ingress.webhooks.client_data import _known, answer
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from tests.golden.greeted_stories import GREETED, Heard, heard_in
from tests.golden.learned_stories import Told, told_in
from tests.support.sites import ProjectorSite

_SECRETS = ("ELEVENLABS_POST_CALL_KEY", "ELEVENLABS_CLIENT_DATA_KEY", "ELEVENLABS_SEARCH_DATA_KEY")


@pytest.mark.parametrize("story", GREETED, ids=lambda story: story.name)
@pytest.mark.parametrize("is_replayed", [False, True], ids=["followed", "replayed"])
def test_caller_hears_the_greeting(story: Path, tmp_path: Path, *, is_replayed: bool) -> None:
    """A caller hears what the calls until then give, whether they were folded one by one or replayed."""
    heard = sorted(heard_in(story), key=lambda each: each.at)
    assert heard
    events = told_in(story)
    site = ProjectorSite(tmp_path)
    for each in heard:
        at_s = int(datetime.fromisoformat(each.at).timestamp())
        while events and _began_at_s(events) < at_s:
            event = events.pop(0)
            site.append(event.body, source=event.source)
            if not is_replayed:
                site.follower.catch_up()
        if is_replayed:
            site.replay()
        assert greeting(site, each, at_s) == each.greeting, each.why
    site.follower.close()


def greeting(site: ProjectorSite, heard: Heard, at_s: int) -> str:
    settings = Settings.from_env(
        dict.fromkeys(_SECRETS, "5b21f0") | {"GREETING_DETAIL": heard.detail, "SENSITIVE": heard.sensitive}
    )
    with site.read_model() as read_model:
        engine = Engines(EngineSettings()).read("embedded", read_model.engine_tables)
        view, profile, facts = _known(
            read_model, engine, heard.caller, heard.agent, at_s, reads_all=heard.detail != "name"
        )
    told = answer(view, heard.agent, heard.caller, settings, profile=profile, facts=facts, at_s=at_s)
    return str(told.dynamic_variables["greeting"])


def _began_at_s(events: list[Told]) -> int:
    """Return when the next call of a story began; an extraction comes with the call before it."""
    data = msgspec.json.decode(events[0].body)["data"]
    metadata = data.get("metadata")
    return int(metadata["start_time_unix_secs"]) if metadata is not None else 0
