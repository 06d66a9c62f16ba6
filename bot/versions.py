"""Versions of the bot's model that the console trained: files named by their SHA-256, in a folder.

On one machine with SQLite, bot processes and the worker share that folder, and its file `live` names the version in
service. With PostgreSQL the files and the name are in the database (bot/shared_versions.py), and each process fetches a
file into a folder of its own. A version replaces only the installed model for which it was activated; when a release or
`make train` installs a new one, the version is no longer loaded. A model file can run code: whoever can write to the
folder or the database must be trusted as much as for `models/`.
"""

import io
import json
import os
import tarfile
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db import DatabaseError

from bot import model_checksum, shared_versions

# In a version's file: the replies to questions that the team added.
REPLIES = "replies.json"
# The SHA-256 of the model that this process loaded when it started (bot/__main__.py); empty elsewhere.
served = ""
# True if the live version was unknown at the start.
live_unknown = False


def folder() -> Path:
    """The folder with the files: VERSIONS, by default next to the installed model."""
    return Path(os.environ.get("VERSIONS") or model_checksum.model_path().parent / "versions")


def path_of(sha256: str) -> Path:
    """The file of a version in the folder."""
    return folder() / f"{sha256}.tar.gz"


def is_stored(sha256: str) -> bool:
    """Whether the version has a file that can be loaded."""
    return path_of(sha256).exists() or (shared_versions.are_used() and shared_versions.is_stored(sha256))


def store(file: Path, sha256: str) -> None:
    """Move a newly trained file to the versions, for all processes. Raises OSError."""
    os.replace(file, path_of(sha256))
    if shared_versions.are_used():
        shared_versions.store(path_of(sha256), sha256)


def delete_files(old: Collection[str], kept: Collection[str]) -> None:
    """Delete the files of the `old` versions; in PostgreSQL, of all but the `kept` ones."""
    for sha256 in old:
        path_of(sha256).unlink(missing_ok=True)
    if shared_versions.are_used():
        shared_versions.delete_all_but(kept)


def live() -> str | None:
    """The SHA-256 of the version in service; None if it is the installed model. Raises DatabaseError."""
    if shared_versions.are_used():
        sha256, instead_of = shared_versions.live()
        with suppress(model_checksum.UntrustedModel):
            return sha256 if sha256 and instead_of == installed() and is_stored(sha256) else None
        return None
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((folder() / "live").read_text())
        if kept["instead_of"] == installed() and path_of(kept["sha256"]).exists():
            return str(kept["sha256"])
    return None


def set_live(sha256: str | None) -> None:
    """Set the version that processes load at their start; None for the installed model. Raises OSError."""
    if shared_versions.are_used():
        shared_versions.set_live(sha256, installed())
        return
    new = folder() / "live.new"
    new.write_text(json.dumps({"sha256": sha256, "instead_of": installed()}))
    os.replace(new, folder() / "live")


def installed() -> str:
    """The SHA-256 that is recorded for the installed model. Raises UntrustedModel."""
    return model_checksum.expected_hash(model_checksum.model_path())


def to_load(sha256: str | None) -> tuple[Path, str]:
    """(file, its SHA-256) of a version, or of the installed model for None.

    If the version is not on this machine, fetch it. Raises UntrustedModel.
    """
    if not sha256:
        return model_checksum.model_path(), installed()
    if not path_of(sha256).exists() and shared_versions.are_used():
        try:
            shared_versions.fetch(sha256, path_of(sha256))
        except (DatabaseError, OSError) as fault:
            raise model_checksum.UntrustedModel(f"{path_of(sha256)} was not fetched: {type(fault).__name__}") from fault
    return path_of(sha256), sha256


def delete_fetched(but: str) -> None:
    """With PostgreSQL, delete all other files from VERSIONS, which is then this process's own folder."""
    if "VERSIONS" in os.environ and shared_versions.are_used():
        for path in folder().glob("*.tar.gz"):
            if path != path_of(but):
                path.unlink(missing_ok=True)


def add_replies(model: Path, replies: dict[str, Any]) -> None:
    """Add replies, in the format of data/responses/, to a model's file."""
    content = json.dumps(replies, ensure_ascii=False).encode()
    member = tarfile.TarInfo(REPLIES)
    member.size = len(content)
    new = model.with_suffix(".new")
    with tarfile.open(model) as old, tarfile.open(new, "w:gz", compresslevel=6) as archive:
        for one in old.getmembers():
            archive.addfile(one, old.extractfile(one) if one.isfile() else None)
        archive.addfile(member, io.BytesIO(content))
    os.replace(new, model)


def replies_of(model: Path) -> dict[str, Any]:
    """The replies in a verified model file; the installed model and older versions have none."""
    with tarfile.open(model) as archive, suppress(KeyError):
        found = archive.extractfile(REPLIES)
        return dict(json.load(found)) if found else {}
    return {}
