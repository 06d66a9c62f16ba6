"""`python -m tools.env` prints a .env: .env.example with the values of an existing .env, and generated secrets."""

import re
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRETS = ("SECRET_KEY", "BOT_SECRET")


def merged(example: str, present: str) -> str:
    """The example with the existing values filled in. A missing secret is generated."""
    known = dict(re.findall(r"^(\w+)=(.+)$", present, re.MULTILINE))
    for name in SECRETS:
        known.setdefault(name, secrets.token_urlsafe(50))
    for name, value in known.items():
        line = f"{name}={value}"
        # Escape the backslashes, because the value is used as a replacement pattern.
        example, found = re.subn(rf"^(# )?{name}=.*$", line.replace("\\", r"\\"), example, flags=re.MULTILINE)
        if not found:
            example += f"{line}\n"
    return example


if __name__ == "__main__":
    env = ROOT / ".env"
    print(merged((ROOT / ".env.example").read_text(), env.read_text() if env.exists() else ""), end="")
