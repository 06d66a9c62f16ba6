"""Prints the address as soon as the bot answers, and a notice if that takes long."""

import os
import time
import urllib.error
import urllib.request

NOTICE_SECONDS = 180


def wait(url: str, timeout: float) -> bool:
    """Whether `url` answers 200 within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    return False


def main() -> None:
    address = f"http://127.0.0.1:{os.environ['WEB_PORT']}/"
    while not wait(f"{address}healthz", NOTICE_SECONDS):
        print(f"The bot has not answered for {NOTICE_SECONDS} s; still trying. The lines above say why.", flush=True)
    print(f"Ready: open {address}  (Ctrl-C stops everything)", flush=True)
    account = ".venv/bin/python manage.py console_user NAME"
    print(f"The team's console: {address}console/  (an account: {account})", flush=True)


if __name__ == "__main__":
    main()
