"""`python -m replay NUMBER`: replay the stored conversations with a version. The worker calls it.

With `--shadow`: continue the version's shadow run.
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
    # Hide Rasa's deprecation warnings.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    django.setup()
    from console.models import Replay
    from replay import runner, shadow_runner
    from replay.classification import remember_texts

    remember_texts()
    kind, run = (Replay.Kind.KEPT, runner.run) if len(sys.argv) == 2 else (Replay.Kind.SHADOW, shadow_runner.run)

    try:
        run(Replay.objects.get(version__number=sys.argv[1], kind=kind))
    except model_checksum.UntrustedModel as refusal:
        sys.exit(str(refusal))
