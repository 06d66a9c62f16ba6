"""`python -m replay NUMBER`: replay the kept conversations with a version. The worker calls it.

With `--shadow`: go on with the version's silent trial.
"""

import logging
import os
import sys

import django

from bot import model_checksum, runtime_env

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
    # Each process reads on one core.
    runtime_env.configure(threads=1)
    # Rasa's imports warn of what is deprecated in them.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    django.setup()
    from console.models import Replay
    from replay import running, shadowing
    from replay.reading import remember_texts

    remember_texts()
    kind, run = (Replay.Kind.KEPT, running.run) if len(sys.argv) == 2 else (Replay.Kind.SHADOW, shadowing.run)

    try:
        run(Replay.objects.get(version__number=sys.argv[1], kind=kind))
    except model_checksum.UntrustedModel as refusal:
        sys.exit(str(refusal))
