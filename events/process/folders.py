"""The folders that all of our processes must agree on."""

from pathlib import Path

from msgspec import Struct

from events.process.environment import Environment


class Folders(Struct, frozen=True, kw_only=True):
    """Where the payload log, the read model and the audit trail lie."""

    payloads: Path
    read_model: Path
    audit: Path


def payload_folder(env: Environment) -> Path:
    """Return the folder of the payload log."""
    return env.path("PAYLOAD_STORAGE_PATH", "./payloads")


def read_folders(env: Environment) -> Folders:
    """Return the three places; it is a fault if one lies in another."""
    folders = Folders(
        payloads=payload_folder(env),
        read_model=env.path("READ_MODEL_PATH", "./data/readmodel"),
        audit=env.path("AUDIT_LOG_PATH", "./data/audit.jsonl"),
    )
    env.apart("AUDIT_LOG_PATH", folders.audit, "READ_MODEL_PATH", folders.read_model)
    env.apart("AUDIT_LOG_PATH", folders.audit, "PAYLOAD_STORAGE_PATH", folders.payloads)
    env.apart("READ_MODEL_PATH", folders.read_model, "PAYLOAD_STORAGE_PATH", folders.payloads)
    return folders
