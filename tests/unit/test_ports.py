"""The ports of `make run`: one sentence before anything starts if a port is in use or invalid."""

import socket
import subprocess
import sys

import pytest

from harness.processes import ROOT, free_port
from tools.ports import HIGHEST, refusal


def test_free_ports_are_accepted():
    assert refusal([str(free_port()), str(HIGHEST)]) == ""


@pytest.mark.parametrize("strange", ["", "0", "-1", "65536", "99999", "8000.5", "huit mille", "²", "٨٠٠٠"])
def test_an_invalid_port_is_refused(strange):
    assert refusal(["8000", strange]) == f"{strange}: a port is a number from 1 to 65535."


def test_the_same_port_for_two_processes_is_refused():
    assert refusal(["5005", "8000", "5005"]).startswith("Port 5005 was given twice")


def test_a_port_on_which_someone_listens_is_refused_by_the_command():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        ended = subprocess.run([sys.executable, "-m", "tools.ports", port], cwd=ROOT, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"Port {port} is in use: ")
