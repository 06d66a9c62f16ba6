"""`python -m web.env` prints a .env for this machine: .env.example with a secret key of its own."""

import secrets
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"

if __name__ == "__main__":
    print(EXAMPLE.read_text().replace("SECRET_KEY=", f"SECRET_KEY={secrets.token_urlsafe(50)}", 1), end="")
