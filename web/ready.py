"""Says the address once the bot answers, then stays, so that the runner does not take its end for a failure."""

import signal
import sys
import time
import urllib.error
import urllib.request

from django.conf import settings

PATIENCE_SECONDS = 180


def wait(url: str, patience: float) -> bool:
    """Does `url` answer 200 within `patience` seconds?"""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    return False


def main() -> None:
    address = f"http://127.0.0.1:{settings.WEB_PORT}/"
    if not wait(f"{address}healthz", PATIENCE_SECONDS):
        sys.exit(f"The bot did not answer within {PATIENCE_SECONDS} s: the lines above say why.")
    print(f"Ready: open {address}  (Ctrl-C stops everything)", flush=True)
    account = ".venv/bin/python manage.py console_user NAME"
    print(f"The team's console: {address}console/  (an account: {account})", flush=True)
    signal.pause()


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    main()
