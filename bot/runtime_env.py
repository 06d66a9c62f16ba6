"""Environment variables to set before Rasa and the numeric libraries are imported."""

import os
from pathlib import Path

CPU = Path("/proc/cpuinfo")


def configure(threads: int | None = None) -> None:
    """Configure OpenBLAS and Rasa; existing variables take precedence.

    `threads`: OpenBLAS threads. A server reads one message at a time, so more threads would only wait for
    work (docs/performance.md). The processor type is set because NumPy's OpenBLAS is old: on newer processors it does
    not recognise AVX, and takes twice as long.
    """
    # By default, Rasa sends telemetry to its maker.
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    if threads is not None:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))
    if CPU.exists() and " avx2 " in CPU.read_text():
        os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
