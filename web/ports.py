"""`python -m web.ports 8000 …`: ends with one sentence when a port is taken."""

import socket
import sys


def taken(port: int) -> bool:
    """Does something listen on this loopback port?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    busy = [port for port in sys.argv[1:] if taken(int(port))]
    if busy:
        sys.exit(
            f"Port {', '.join(busy)} is taken: stop what listens there, or choose another (make run WEB_PORT=8001)."
        )
