"""An SQLite database with empty tables, kept until the code changes: migrating takes as long as the start of a bot."""

import fcntl
import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "migrated.sqlite3"
# Packages with the migrations, and with the code that creates the roles after them.
PACKAGES = ("chat", "console", "demo", "shop", "web")


@cache
def migrated() -> bytes:
    """The content of the database file. If several processes call this at the same time, one of them migrates."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        version, of_version = _version(), KEPT.with_suffix(".version")
        if not (KEPT.exists() and of_version.exists() and of_version.read_text() == version):
            KEPT.unlink(missing_ok=True)
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
            # The caller may have the bot's settings, with which only some of the tables are created.
            settings = {"DATABASE_URL": f"sqlite:///{KEPT}", "DJANGO_SETTINGS_MODULE": "web.settings"}
            subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True)
            of_version.write_text(version)
        return KEPT.read_bytes()


def _version() -> str:
    """A hash of the code."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    digest = hashlib.sha256()
    for path in [*paths, ROOT / "requirements" / "runtime.lock"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()
