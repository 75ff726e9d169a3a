"""The folders that all of our processes must agree on."""

from pathlib import Path
from typing import Annotated

from msgspec import Struct

from events.process.environment import Environment
from events.process.settings.setting import Place

PAYLOADS = Place(
    "PAYLOAD_STORAGE_PATH",
    "places",
    "the folder of the payload log, which is the truth: back it up",
    "/var/lib/elaoms/payloads",
    more="It needs a POSIX file system with hard links",
    default="./payloads",
)
READ_MODEL = Place(
    "READ_MODEL_PATH",
    "places",
    "the folder of the read model; can be made again from the log",
    "/var/lib/elaoms/readmodel",
    default="./data/readmodel",
)
AUDIT = Place(
    "AUDIT_LOG_PATH",
    "places",
    "the file of the audit trail: each greeting, search, export and erasure, with its time, caller and key",
    "/var/log/elaoms/audit.jsonl",
    more="It must lie apart from both folders",
    default="./data/audit.jsonl",
)


class Folders(Struct, frozen=True, kw_only=True):
    """Where the payload log, the read model and the audit trail lie."""

    payloads: Annotated[Path, PAYLOADS]
    read_model: Annotated[Path, READ_MODEL]
    audit: Annotated[Path, AUDIT]


def payload_folder(env: Environment) -> Path:
    """Return the folder of the payload log."""
    return PAYLOADS.read(env)


def read_folders(env: Environment) -> Folders:
    """Return the three places; it is a fault if one lies in another."""
    folders = Folders(
        payloads=payload_folder(env),
        read_model=READ_MODEL.read(env),
        audit=AUDIT.read(env),
    )
    env.apart(AUDIT.name, folders.audit, READ_MODEL.name, folders.read_model)
    env.apart(AUDIT.name, folders.audit, PAYLOADS.name, folders.payloads)
    env.apart(READ_MODEL.name, folders.read_model, PAYLOADS.name, folders.payloads)
    return folders
