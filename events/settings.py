"""What the `events` command must be told, from the environment."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from events.environment import Environment
from events.keys import Keys


class Settings(Struct, frozen=True, kw_only=True):
    """The command's settings; `docs/settings.md` says what each of them does."""

    payload_folder: Path
    post_call_keys: Keys

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> "Settings":
        """
        Read the settings.

        Raises:
            SettingsError: at least one is unusable; it names all of them.
        """
        env = Environment(variables)
        settings = cls(
            payload_folder=env.path("PAYLOAD_STORAGE_PATH", "./payloads"),
            post_call_keys=env.keys(
                "ELEVENLABS_POST_CALL_KEY", "the HMAC secret of the post-call webhook", required=False
            ),
        )
        env.check()
        return settings
