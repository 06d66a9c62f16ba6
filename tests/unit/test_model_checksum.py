"""A model's file can run code, so only the file with the intended hash is loaded."""

import os
import subprocess
import sys

import pytest

from bot import model_checksum
from harness.project import ROOT


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.delenv("MODEL_SHA256", raising=False)
    new = tmp_path / "new"
    new.write_bytes(b"weights")
    model_checksum.install(new, tmp_path / "model.tar.gz")
    return tmp_path / "model.tar.gz"


def content(model):
    """The content that would be loaded."""
    with model_checksum.verified_copy(model) as copy:
        return copy.read_bytes()


def test_what_was_installed_is_loaded(model):
    assert content(model) == b"weights"
    subprocess.run(
        ["sha256sum", "--check", "--quiet", model_checksum.checksum_path(model)], cwd=model.parent, check=True
    )


def test_a_model_that_is_replaced_after_the_check_is_not_loaded(model):
    with model_checksum.verified_copy(model) as copy:
        model.write_bytes(b"another")
        assert copy.read_bytes() == b"weights"


@pytest.mark.parametrize("other", [b"weightS", b"", b"weights" * 2])
def test_another_file_under_its_name_is_refused(model, other):
    model.write_bytes(other)
    with pytest.raises(model_checksum.UntrustedModel, match="does not have the recorded SHA-256"):
        content(model)


def test_a_missing_model_is_refused_and_the_error_says_what_to_do(model):
    model.unlink()
    with pytest.raises(model_checksum.UntrustedModel, match="make train"):
        content(model)


@pytest.mark.parametrize("hash_line", [None, ""])
def test_without_a_hash_nothing_is_loaded(model, hash_line):
    model_checksum.checksum_path(model).unlink() if hash_line is None else model_checksum.checksum_path(
        model
    ).write_text(hash_line)
    with pytest.raises(model_checksum.UntrustedModel, match="MODEL_SHA256"):
        content(model)


def test_the_environment_takes_precedence_over_the_checksum_file(model, monkeypatch):
    """An attacker who can replace the model could replace the hash beside it too."""
    monkeypatch.setenv("MODEL_SHA256", model_checksum.digest(model))
    model_checksum.checksum_path(model).unlink()
    assert content(model) == b"weights"
    monkeypatch.setenv("MODEL_SHA256", "0" * 64)
    with pytest.raises(model_checksum.UntrustedModel):
        content(model)


@pytest.mark.parametrize(("secret", "named"), [("x" * 32, "models/pixmania.tar.gz"), ("x", "BOT_SECRET")])
def test_the_server_ends_with_one_sentence_before_it_loads_anything(secret, named):
    environment = os.environ | {"MODEL_SHA256": "0" * 64, "BOT_SECRET": secret}
    command = [sys.executable, "-m", "bot"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode
    assert len(ended.stderr.splitlines()) == 1
    assert named in ended.stderr
