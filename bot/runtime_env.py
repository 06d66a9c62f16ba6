"""What Rasa and the numeric libraries are told before any of them is imported."""

import os
from pathlib import Path

CPU = Path("/proc/cpuinfo")


def configure(threads: int | None = None) -> None:
    """Set what OpenBLAS and Rasa read at their import; what the environment says already stays.

    `threads`: a server reads one message at a time, and threads that wait for so little spin (docs/performance.md).
    The OpenBLAS of Rasa's frozen NumPy takes a processor younger than itself for one without AVX: half the speed.
    """
    # Rasa would report to its maker.
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    if threads is not None:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))
    if CPU.exists() and " avx2 " in CPU.read_text():
        os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
