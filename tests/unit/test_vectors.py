"""The stored vectors of the training lines: only new lines are encoded, and removed lines are deleted."""

import numpy as np
import pytest

from bot.nlu import vectors


@pytest.fixture
def train(tmp_path, monkeypatch):
    """Trains on these texts; returns those that were encoded."""
    monkeypatch.setattr(vectors, "version", lambda package: release)
    release, file = "1", tmp_path / "of" / "vectors.npz"

    def run(*texts, installed="1"):
        nonlocal release
        release, asked = installed, []

        def encode(new):
            asked.extend(new)
            return np.array([[len(text), ord(text[0])] for text in new], dtype=np.float32)

        found = vectors.encoded(list(texts), encode, file)
        assert [tuple(row) for row in found] == [(len(text), ord(text[0])) for text in texts]
        return asked

    run.file = file
    return run


def test_only_new_lines_are_encoded_each_once(train):
    assert train("où", "quand", "où") == ["où", "quand"]
    assert train("quand", "où") == []
    assert train("où", "qui") == ["qui"]


def test_a_line_that_was_removed_is_not_kept(train):
    train("où", "quand")
    train("où")
    assert len(np.load(train.file)["keys"]) == 1
    assert train("où", "quand") == ["quand"]
    assert b"quand" not in train.file.read_bytes()
    assert [path.name for path in train.file.parent.iterdir()] == ["vectors.npz"]


def test_another_release_encodes_all_lines(train):
    train("où", "quand")
    assert train("où", "quand", installed="2") == ["où", "quand"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"no archive"])
def test_a_damaged_file_costs_time_only(train, content):
    train("où")
    train.file.write_bytes(content)
    assert train("où") == ["où"]
    assert train("où") == []


def test_where_nothing_can_be_written_all_lines_are_encoded(train):
    train.file.parent.write_text("no folder")
    assert train("où") == ["où"]
