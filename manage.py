#!/usr/bin/env python3
"""Django's command line, in the project's own environment whichever Python started it."""

import os
import sys
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parent / ".venv"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    python = ENVIRONMENT / "bin" / "python"
    if python.exists() and Path(sys.prefix) != ENVIRONMENT and "VIRTUAL_ENV" not in os.environ:
        os.execv(python, [str(python), *sys.argv])
    main()
