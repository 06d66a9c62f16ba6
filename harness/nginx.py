"""Debian's nginx with the configuration of deploy/, over TLS with a test certificate."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.deploy_files import DEPLOY, SERVICES
from harness.processes import free_port, get_json, wait_for
from harness.signals import family, send

TEMPLATE = DEPLOY / "nginx" / "pixmania.conf.template"
# nginx's parameters for when a web process counts as failed, and for how long.
GIVEN_UP = re.search(r"max_fails=\d+ fail_timeout=\w+", SERVICES["proxy"]["environment"]["WEB_SERVERS"]).group()
MAIN = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 2048; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def installed() -> bool:
    return shutil.which("nginx") is not None


class Proxy:
    """A proxy that a test may kill and start again."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"https://127.0.0.1:{port}"
        self.certificate = str(folder / "fullchain.pem")
        self.log = folder / "access.log"
        self._folder, self._port = folder, port

    def start(self) -> None:
        command = ["nginx", "-c", str(self._folder / "nginx.conf"), "-p", str(self._folder)]
        self._process = subprocess.Popen(command)
        # nginx is running when its TLS port answers a plain HTTP request, with 400.
        wait_for(lambda: get_json_status(self._port) or self._process.poll() is not None)
        assert self._process.poll() is None, (self._folder / "error.log").read_text()

    def pids(self) -> list[int]:
        """The master and its workers."""
        return family(self._process.pid)

    def kill(self) -> None:
        """Kill the master and the workers, which would keep running without it."""
        send(self.pids(), signal.SIGKILL)
        self._process.wait()

    def end(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def before(web_ports: list[str], folder: Path, **settings: str) -> Iterator[Proxy]:
    """A proxy for these web processes. `settings` override the template's environment variables."""
    port = free_port()
    _make_certificate(folder)
    values = {
        "WEB_SERVERS": " ".join(f"server 127.0.0.1:{web} {GIVEN_UP};" for web in web_ports),
        "LISTEN": f"127.0.0.1:{port}",
        "SERVER_NAME": "127.0.0.1",
        "CERTIFICATES": str(folder),
        "ACCESS_LOG": str(folder / "access.log"),
        "CHAT_REQUESTS_A_SECOND": "10000",
        "CHAT_BURST": "10000",
    } | settings
    site = re.sub(r"\$\{(\w+)\}", lambda name: values[name.group(1)], TEMPLATE.read_text())
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, site=site))
    proxy = Proxy(folder, port)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.end()


def get_json_status(port: int) -> int:
    try:
        return get_json(f"http://127.0.0.1:{port}/")[0]
    except ValueError:  # a page, not JSON
        return 400


def _make_certificate(folder: Path) -> None:
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files]
    subprocess.run(command, check=True, capture_output=True)
