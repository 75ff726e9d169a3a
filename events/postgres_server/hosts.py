"""The servers that the URL of a database names, one by one."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_NAMES = ("host", "hostaddr", "port")

# What a URL says of all of its servers together.
_OF_ALL = (*_NAMES, "target_session_attrs")


class Host(Struct, frozen=True):
    """One server of a URL: what its operator calls it, and the options of the driver that lead to it."""

    name: str
    options: dict[str, Any]


def hosts_of(options: Mapping[str, Any]) -> list[Host]:
    """
    Return the servers that the driver's options name, in their order; they may be fewer, under several names.

    What the options say beside, such as which of them may answer, is left out.
    """
    hosts, addresses, ports = (str(options.get(name, "") or "").split(",") for name in _NAMES)
    found = []
    for at in range(max(len(hosts), len(addresses))):
        one = {"host": _of(hosts, at), "hostaddr": _of(addresses, at), "port": _of(ports, at)}
        name = ":".join(value for value in (one["host"] or one["hostaddr"], one["port"]) if value)
        found.append(Host(name, {key: value for key, value in one.items() if value}))
    return found


def locations_of(url: str) -> list[tuple[str, str]]:
    """Return the name of each server of a URL, and what leads the driver to it alone, which may hold a password."""
    options = conninfo_to_dict(url)
    others = {key: value for key, value in options.items() if key not in _OF_ALL}
    return [
        (host.name or "the server", make_conninfo(**others, **host.options))  # type: ignore[arg-type]
        for host in hosts_of(options)
    ]


def _of(values: list[str], at: int) -> str:
    """Return the value for one host: a single one is for all."""
    return values[at] if at < len(values) else values[0] if len(values) == 1 else ""
