"""The table of what ElevenLabs said of agents: each profile that the log holds, by its position."""

from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import checked, with_checksum
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.texts import indexed
from projector.read_model.records import KeptProfile

SCHEMA = f"""
CREATE TABLE agents (
    position bigint PRIMARY KEY,
    agent_id text COLLATE "C" NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX agents_by_id ON agents ({indexed("agent_id")}, position);
"""
_LAST = f"""
SELECT * FROM agents WHERE {indexed("agent_id")} = {indexed("%s")} AND agent_id = %s ORDER BY position DESC LIMIT 1
"""  # noqa: S608 - our own words


class Agents:
    """The profiles of agents in one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, profile: KeptProfile) -> None:
        """Keep a profile; nothing changes where it is kept already."""
        row = with_checksum(profile.position, profile.agent_id, profile.body)
        self._database.run("INSERT INTO agents VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", *row)

    def last(self, agent_id: str) -> KeptProfile | None:
        """Return the last profile of an agent in the log; None where there is none."""
        row = self._database.row(_LAST, agent_id, agent_id)
        if row is None:
            return None
        kept = KeptProfile(*checked(row))
        if kept.agent_id != agent_id:
            raise ReadModelDamagedError("the index of agents does not fit their profiles")
        return kept

    def check(self) -> None:
        """
        Compare every row with its checksum.

        Raises:
            ReadModelDamagedError: one of them does not match.
        """
        for row in self._database.rows("SELECT * FROM agents"):
            checked(row)
