"""Real proxies in front of an ingress: nginx and Caddy, as operators set them up, where they are installed."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.servers import free_port, kill_all
from tests.support.waiting import PATIENCE_S, wait_until

# The lines that nginx' own page on WebSocket gives, over connections that are kept. There is one of them, so that
# whatever one request leaves behind meets the next.
# Source: https://nginx.org/en/docs/http/websocket.html and ngx_http_upstream_module, `keepalive`.
_NGINX = """
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 300m;
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        '' '';
    }}
    upstream ingress {{
        server 127.0.0.1:{upstream};
        keepalive 1;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://ingress;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }}
    }}
}}
"""
_CADDY = """
{{
    admin off
}}
http://:{port} {{
    bind 127.0.0.1
    reverse_proxy 127.0.0.1:{upstream}
}}
"""


def _nginx(folder: Path, port: int, upstream: int) -> list[str]:
    settings = folder / "nginx.conf"
    settings.write_text(_NGINX.format(user=getpass.getuser(), folder=folder, port=port, upstream=upstream))
    return ["-p", str(folder), "-c", str(settings), "-e", str(folder / "nginx.log"), "-g", "daemon off;"]


def _caddy(folder: Path, port: int, upstream: int) -> list[str]:
    settings = folder / "Caddyfile"
    settings.write_text(_CADDY.format(port=port, upstream=upstream))
    return ["run", "--config", str(settings), "--adapter", "caddyfile"]


PROXIES: dict[str, Callable[[Path, int, int], list[str]]] = {"nginx": _nginx, "caddy": _caddy}


@contextmanager
def proxy_before(upstream: int, *, name: str, folder: Path) -> Iterator[int]:
    """
    Run a proxy in front of a port until the block ends, and yield its own port. Skip the test if it is not installed.
    """
    # Debian keeps nginx where only root looks.
    program = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip(f"{name} is not installed")
    port = free_port()
    arguments = PROXIES[name](folder, port, upstream)
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    log = folder / f"{name}.out"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def has_connected() -> bool:
        assert process.poll() is None, f"{name} has ended:\n{log.read_text()}"
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return True
        return False

    try:
        wait_until(has_connected, describe=log.read_text)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
        kill_all(process)
