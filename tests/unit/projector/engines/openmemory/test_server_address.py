"""The address of an OpenMemory server, read from an operator's setting."""

import pytest

from projector.engines.openmemory.server.address import server_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("8080", "http://127.0.0.1:8080"),
        (" 18080\n", "http://127.0.0.1:18080"),
        ("65535", "http://127.0.0.1:65535"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://memory.example.com", "https://memory.example.com"),
        ("https://example.com:8443/open/memory//", "https://example.com:8443/open/memory"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("HTTP://memory:80", "http://memory:80"),
    ],
)
def test_a_port_or_a_url_is_where_the_server_is(text: str, url: str) -> None:
    """A port is on this machine; a URL may have a path; a slash at the end is removed."""
    assert server_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "65536", "99999999", "-1", "80.5", "port", "127.0.0.1:8080", "localhost:8080", "ftp://memory"),
        *("http://", "http://:8080", "http://memory:0", "http://memory:70000", "http://memory:x", "http://[::1"),
        *("http://memory?key=hidden", "http://memory#hidden", "http://me mory", "http://memöry", "http://a\nb"),
        *("http://user:hidden@memory", "http://hidden@memory:8080"),
    ],
)
def test_anything_else_is_refused_in_words(text: str) -> None:
    """Any other value is refused, and the fault repeats nothing that may be secret."""
    with pytest.raises(ValueError, match=r"^must ") as error:
        server_url(text)
    assert "hidden" not in str(error.value)
