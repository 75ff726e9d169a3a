"""What persons correct, by the command and over HTTP: appended, folded, told, listed, undone."""

import json
from typing import Any

import pytest

from tests.support.samples import AGENT, MARTA, NOON_S, transcription
from tests.support.servers import ADMIN_KEY, Site

pytestmark = [pytest.mark.server, pytest.mark.slow]

OFFICE = "+12025550144"


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """An installation that Marta called from two numbers; no model was asked."""
    site = Site(tmp_path_factory.mktemp("site"))
    calls = [
        transcription("conv_1", "Hello.", at_s=NOON_S, agent=AGENT, user_name="Martha", insurance="Delta"),
        transcription("conv_2", "Hello again.", at_s=NOON_S + 60, agent=AGENT, caller=OFFICE, insurance="Cigna"),
    ]
    with site.ingress():
        for call in calls:
            assert site.post_call(call).status_code == 200
    site.run("projector", "--once")
    return site


def variables(site: Site, caller: str = MARTA) -> dict[str, Any]:
    """Return what an agent is told at the start of a call."""
    found: dict[str, Any] = site.call_start(caller, agent_id=AGENT)["dynamic_variables"]
    return found
