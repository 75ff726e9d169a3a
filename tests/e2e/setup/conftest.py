"""What the tests of `ingress setup` share: a workspace that keeps what it is told, and an installation."""

from collections.abc import Iterator

import pytest

from tests.e2e.setup.asking import KEYS
from tests.support.elevenlabs import API_KEY
from tests.support.elevenlabs_workspace import Workspace, tool, webhook
from tests.support.servers import Site


@pytest.fixture(params=[True, False], ids=["api merges", "api replaces"])
def workspace(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    """A workspace with two agents, an own tool and an own webhook, under both ways in which a PATCH may work."""
    held = Workspace(merges=request.param)
    held.add_agent("agent_one")
    held.add_agent("agent_two")
    held.add_agent("agent_three")
    held.tools["tool_of_others"] = tool(
        "tool_of_others",
        {"type": "webhook", "name": "x", "description": "", "api_schema": {"url": "https://others.example.com/x"}},
    )
    held.webhooks["webhook_of_others"] = webhook("webhook_of_others", "https://others.example.com/calls")
    with held.serving():
        yield held


@pytest.fixture
def clinic(site: Site, workspace: Workspace) -> Site:
    """An installation whose .env holds no secret yet but the API key."""
    for name in KEYS:
        del site.env[name]
    (site.folder / ".env").write_text(
        f'# ours\nELEVENLABS_API_KEY="{API_KEY}"\nELEVENLABS_POST_CALL_KEY=""\n'
        f'ELEVENLABS_CLIENT_DATA_KEY=""\nELEVENLABS_SEARCH_DATA_KEY="your_key_here"\nDEFAULT_GREETING="Hi # there"\n'
    )
    (site.folder / ".env").chmod(0o644)
    site.env["ELEVENLABS_BASE_URL"] = workspace.url
    return site
