"""What docs/deployment gives to copy: image, units, proxies, and the backup and restore drill."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest
import yaml

from tests.support.samples import MARTA, transcription
from tests.support.servers import Site, free_port
from tests.support.waiting import PATIENCE_S
from tests.support.wheels import PIP, build_wheel

pytestmark = [pytest.mark.slow, pytest.mark.server]

_ROOT = Path(__file__).parents[2]
_FILES = _ROOT / "docs" / "deployment"
_DOCKERFILE = (_ROOT / "Dockerfile").read_text()


def _needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def _script(site: Site, name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), site.env["PATH"]))
    command = ["sh", str(_FILES / name), str(folder)]
    return subprocess.run(
        command, cwd=site.folder, env=site.env | {"PATH": path}, capture_output=True, text=True, check=False
    )


def test_backup_is_drilled(site: Site, tmp_path: Path) -> None:
    """The backup of a running installation is restored elsewhere to the same memories; a damaged one is named."""
    backup = tmp_path / "backup"
    with site.ingress(), site.projector():
        for number in range(5):
            site.post_call(transcription(f"conv_{number}", f"My zebra is number {number}."))
        site.wait_until_folded(5)
        for _ in range(2):  # a second run copies what is new
            made = _script(site, "backup.sh", backup)
            assert made.returncode == 0, made.stderr
        drilled = _script(site, "drill.sh", backup)
        assert drilled.returncode == 0, drilled.stdout + drilled.stderr
        assert "byte for byte" in drilled.stdout
        site.post_call(transcription("conv_later", "I moved to Oslo."))
        site.wait_until_folded(6)
        assert "differ" in _script(site, "drill.sh", backup).stderr
    (event,) = (backup / "payloads" / "conv_3").glob("*.json")
    event.chmod(0o600)
    event.write_bytes(b"{}")
    assert _script(site, "drill.sh", backup).returncode == 1
    assert len(site.events()) == 6


def test_backup_that_lacks_a_file_is_no_backup(site: Site, tmp_path: Path) -> None:
    """Where a file of the log is missing, the script says which, and exits 1."""
    with site.ingress():
        site.post_call(transcription("conv_1", "one"))
        site.post_call(transcription("conv_2", "two"))
    shutil.rmtree(site.payloads / "conv_1")
    made = _script(site, "backup.sh", tmp_path / "backup")
    assert made.returncode == 1
    assert "conv_1" in made.stderr


@_needs("systemd-analyze")
@pytest.mark.parametrize("unit", ["elaoms-ingress", "elaoms-projector"])
def test_units_are_valid_and_confined(tmp_path: Path, unit: str) -> None:
    """systemd reads each unit without a complaint, and finds it confined; it starts a command that there is."""
    text = (_FILES / f"{unit}.service").read_text()
    command = Path(sys.executable).parent / unit.removeprefix("elaoms-")
    assert f"ExecStart=/srv/elaoms/.venv/bin/{command.name}\n" in text
    copy = tmp_path / f"{unit}.service"
    copy.write_text(text.replace(f"/srv/elaoms/.venv/bin/{command.name}", str(command)))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", copy],
        capture_output=True,
        text=True,
        check=False,
    )
    assert rated.returncode == 0, rated.stdout[-300:]


@_needs("caddy")
def test_caddy_lets_through_what_is_meant(site: Site) -> None:
    """Behind the Caddyfile the three webhooks and /health answer, and nothing else does."""
    port = free_port()
    config = (_FILES / "Caddyfile").read_text().replace("{$DOMAIN:localhost} {", f"http://127.0.0.1:{port} {{", 1)
    (site.folder / "Caddyfile").write_text(config)
    env = site.env | {"INGRESS": f"127.0.0.1:{site.port}", "HOME": str(site.folder)}
    with (
        site.ingress(),
        subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", "Caddyfile"],
            cwd=site.folder,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as caddy,
    ):
        try:
            _check_proxy(site, port)
        finally:
            caddy.terminate()
            caddy.wait(PATIENCE_S)


@_needs("nginx")
def test_nginx_lets_through_what_is_meant(site: Site) -> None:
    """Behind the server of nginx.conf the three webhooks and /health answer, and nothing else does."""
    port, folder = free_port(), site.folder
    server = re.sub(r"\n *(ssl_\w+|server_name) .*;", "", (_FILES / "nginx.conf").read_text())
    server = server.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace(
        "127.0.0.1:8000", f"127.0.0.1:{site.port}"
    )
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    frame = f"pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off; events {{ }}\n"
    (folder / "nginx.conf").write_text(f"{frame}http {{ access_log off; {temporary}\n{server}\n}}")
    with site.ingress(), subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-p", folder]) as nginx:
        try:
            _check_proxy(site, port)
        finally:
            nginx.terminate()
            nginx.wait(PATIENCE_S)


def _check_proxy(site: Site, port: int) -> None:
    direct, behind = site.url, f"http://127.0.0.1:{port}"
    site.url = behind
    try:

        def is_up() -> bool:
            try:
                return site.get("/health").status_code == 200
            except httpx.TransportError:
                return False

        site.wait_until(is_up, "ingress")
        long = transcription("conv_long", "word " * 600_000)
        assert site.post_call(long).status_code == 200
        assert site.call_start(MARTA)["type"] == "conversation_initiation_client_data"
        assert site.search("word", MARTA)["memories"] == []
        for path in ("/metrics", "/callers/+12025550143", "/docs", "/", "/webhook/post-call/x"):
            assert site.get(path).status_code == 404, path
        # Ingress itself would take this one.
        assert site.get("/health", headers={"x-long": "x" * 40_000}).status_code in {400, 431}
    finally:
        site.url = direct
    assert len(site.events()) == 1


def test_image_is_made_of_what_is_there() -> None:
    """Each path that the Dockerfile copies is in the repository and let through by .dockerignore; it has no rights."""
    copied = " ".join(re.findall(r"^COPY (?!--from)(.*) \S+$", _DOCKERFILE, re.MULTILINE)).split()
    allowed = {line[1:] for line in (_ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied
    assert all((_ROOT / path).exists() for path in copied)
    assert set(copied) == allowed
    assert re.search(r"^USER elaoms$", _DOCKERFILE, re.MULTILINE)
    stages = _DOCKERFILE.split("\nFROM ")
    assert "pip install" not in stages[-1]


def test_steps_of_the_image_make_an_installation_that_runs(tmp_path: Path) -> None:
    """
    The wheel that the image installs runs outside of the checkout, with the image's folders and its health check.

    Its dependencies are those of this environment: to install them needs a registry, and is what `make install` does.
    """
    app, wheel = tmp_path / "app", build_wheel(tmp_path)
    venv.create(app, system_site_packages=False, with_pip=False)
    (packages,) = (app / "lib").glob("python3*/site-packages")
    subprocess.run([*PIP, "--python", app / "bin" / "python", "install", "--no-deps", "--no-index", wheel], check=True)
    for name in ("events", "ingress", "projector"):
        assert (packages / name / "py.typed").exists()
        assert (app / "bin" / name).exists()
    theirs = tmp_path / "dependencies"
    theirs.mkdir()
    for entry in Path(pytest.__file__).parents[1].iterdir():
        if entry.suffix != ".pth" and not entry.name.startswith("elaoms-"):
            (theirs / entry.name).symlink_to(entry)
    (packages / "dependencies.pth").write_text(f"{theirs}\n")
    (check,) = re.findall(r'CMD \["python", "-c", "(.*)"\]', _DOCKERFILE)
    data = tmp_path / "data"
    data.mkdir()
    site = Site(data)
    python = str(app / "bin" / "python")
    with site.process("ingress", by=(python,)) as ingress, site.process("projector", by=(python,)):
        site.wait_for_ingress(ingress)
        site.post_call(transcription("conv_1", "one"))
        site.wait_until_folded(1)
        subprocess.run([python, "-c", check], env=site.env, check=True)
        ran = subprocess.run(
            [app / "bin" / "projector", "callers"], cwd=data, env=site.env, check=True, capture_output=True
        )
        assert MARTA.encode() in ran.stdout
    assert subprocess.run([python, "-c", check], env=site.env, check=False, capture_output=True).returncode == 1


def test_compose_runs_both_confined_and_over_one_folder() -> None:
    """Both processes run on a read-only root without rights, share one volume, and only the proxy has ports."""
    compose = yaml.safe_load((_ROOT / "compose.yaml").read_text())
    ours = {name: compose["services"][name] for name in ("ingress", "projector")}
    for name, service in ours.items():
        assert service["command"] == [name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["volumes"] == ["data:/data"]
        assert "ports" not in service
        assert {service["environment"][key] for key in ("PAYLOAD_STORAGE_PATH", "READ_MODEL_PATH")} == {
            "/data/payloads",
            "/data/readmodel",
        }
    everything = str(compose)
    assert "changeme" not in everything
    assert "password" not in everything.lower()
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["caddy"]
