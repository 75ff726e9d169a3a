"""What lies in the files of PostgreSQL servers: words as they are, or compressed."""

import re
import zlib
from collections.abc import Iterator

from tests.support.postgres import Cluster

_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_INFLATED_BYTES_MAX = 64 * 1024


def files_with(*needles: bytes, of: tuple[Cluster, ...]) -> list[str]:
    """Return the files of some servers, tables, WAL and output, that hold one of some bytes, raw or in hex."""
    wanted = [form for needle in needles for form in (needle, needle.hex().encode())]
    return [name for name, content in _files(of) if any(each in content for each in wanted)]


def files_with_compressed(needle: bytes, *, of: tuple[Cluster, ...]) -> list[str]:
    """Return the files of some servers that hold bytes which decompress to something with `needle` in it."""
    return [name for name, content in _files(of) if any(needle in text for text in _inflated(content))]


def _files(of: tuple[Cluster, ...]) -> Iterator[tuple[str, bytes]]:
    for number, cluster in enumerate(of):
        for path in sorted(cluster.folder.rglob("*")):
            try:
                content = path.read_bytes() if path.is_file() else b""
            except FileNotFoundError:  # which the server has just removed
                continue
            yield f"{number}:{path.relative_to(cluster.folder)}", content


def _inflated(content: bytes) -> Iterator[bytes]:
    for found in _ZLIB.finditer(content):
        try:
            yield zlib.decompressobj().decompress(content[found.start() :], _INFLATED_BYTES_MAX)
        except zlib.error:
            continue
