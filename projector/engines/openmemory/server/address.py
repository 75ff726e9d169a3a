"""The URL of an OpenMemory server, from the port or URL that the settings name."""

from urllib.parse import urlsplit

_EXAMPLES = "a port such as 8080, or a URL such as http://127.0.0.1:8080"
_PORT_MAX = 65535


def server_url(text: str) -> str:
    """
    Return the base URL of an OpenMemory server, without a slash at its end.

    Args:
        text: `OPENMEMORY_PORT`: a port on this machine, or a URL, with or without a path.

    Raises:
        ValueError: it is neither; the message repeats nothing of it, because it may hold a secret.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        if not 1 <= int(text[:6]) <= _PORT_MAX:
            raise ValueError(f"must be a port from 1 to {_PORT_MAX}, or a URL such as http://127.0.0.1:8080")
        return f"http://127.0.0.1:{int(text)}"
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"must be {_EXAMPLES}, without spaces and other characters that a URL cannot have")
    try:
        address = urlsplit(text)
        port = address.port
    except ValueError:
        raise ValueError(f"must be {_EXAMPLES}") from None
    if address.scheme not in {"http", "https"} or not address.hostname or port == 0:
        raise ValueError(f"must be {_EXAMPLES}")
    if "@" in address.netloc:
        raise ValueError("must not hold a user or a password; the key of the server is OPENMEMORY_KEY")
    if "?" in text or "#" in text:
        raise ValueError("must end with the path: no ? and no #")
    return f"{address.scheme}://{address.netloc}{address.path.rstrip('/')}"
