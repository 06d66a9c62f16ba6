"""Environment variables to set before Rasa and the numeric libraries are imported."""

import os
from pathlib import Path

CPU = Path("/proc/cpuinfo")


def configure(threads: int | None = None) -> None:
    """Configure OpenBLAS and Rasa; existing variables win.

    `threads`: a server reads one message at a time, and more threads would only spin (docs/performance.md). NumPy's old
    OpenBLAS takes newer processors for ones without AVX, at half the speed.
    """
    # By default, Rasa sends telemetry to its maker.
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    if threads is not None:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))
    if CPU.exists() and " avx2 " in CPU.read_text():
        os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
