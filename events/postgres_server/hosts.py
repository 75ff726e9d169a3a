"""The servers that the URL of a database names, one by one."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

_NAMES = ("host", "hostaddr", "port")


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


def _of(values: list[str], at: int) -> str:
    """Return the value for one host: a single one is for all."""
    return values[at] if at < len(values) else values[0] if len(values) == 1 else ""
