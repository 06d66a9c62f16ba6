"""`python -m tools.ports 8000 …` exits with one sentence if a port is in use or invalid."""

import socket
import sys

HIGHEST = 65535


def is_in_use(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def refusal(ports: list[str]) -> str:
    """One sentence that says why a port cannot be used; empty if all can."""
    if invalid := [port for port in ports if not _is_port(port)]:
        return f"{', '.join(invalid)}: a port is a number from 1 to {HIGHEST}."
    if twice := sorted({port for port in ports if ports.count(port) > 1}):
        return f"Port {', '.join(twice)} was given twice: each process needs a port of its own."
    if busy := [port for port in ports if is_in_use(int(port))]:
        return f"Port {', '.join(busy)} is in use: stop its process, or choose another port (make run WEB_PORT=8001)."
    return ""


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 1 <= int(text) <= HIGHEST


if __name__ == "__main__":
    sys.exit(refusal(sys.argv[1:]) or None)
