"""Unavailable dependencies and invalid input, with isolated processes."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from harness.chat_client import ChatClient
from harness.processes import ROOT, Processes, wait_for
from tests.conftest import MODEL


def rename(processes, old, new):
    with closing(sqlite3.connect(processes.folder / "pixmania.sqlite3")) as database:
        database.execute(f"ALTER TABLE {old} RENAME TO {new}")


@pytest.mark.processes
def test_with_different_secrets_no_message_counts_as_failed(isolated_bot):
    """The web process was restarted with a new BOT_SECRET, the bot not yet."""
    isolated_bot.end("web")
    isolated_bot.start("web", BOT_SECRET="x" * 40)
    try:
        isolated_bot.wait_until_healthy()
        chat = ChatClient(isolated_bot.web_url).open()
        seq = chat.post("où est mon colis ?").json["seq"]
        wait_for(lambda: "status 401" in isolated_bot.log("web").read_text())
    finally:
        isolated_bot.end("web")
        isolated_bot.start("web")
        isolated_bot.wait_until_healthy()
    assert "Mon compte" in chat.wait_for_answer(seq)[-1]["text"]  # after the delay notice, if there was one


@pytest.mark.processes
def test_without_the_bot_health_is_red_and_a_conversation_survives_its_restart(isolated_bot, sender):
    isolated_bot.say(sender, "/look_up")
    isolated_bot.say(sender, "PX48207264")
    isolated_bot.kill("bot")
    try:
        status, body = isolated_bot.health()
        assert (status, body["parts"]["database"]) == (503, "ok")
    finally:
        isolated_bot.start("bot")
        isolated_bot.wait_until_healthy()
    said = " ".join(reply["text"] for reply in isolated_bot.say(sender, "camille.durand@example.com"))
    assert "PX48207264" in said


@pytest.mark.processes
def test_without_the_database_a_look_up_is_an_error_and_not_a_failed_attempt(isolated_bot, sender):
    rename(isolated_bot, "shop_order", "renamed")
    try:
        said = " ".join(
            r["text"] for r in isolated_bot.say(sender, "où est mon colis PX48207264 camille.durand@example.com")
        )
        assert "indisponibles" in said
        assert "Je ne trouve pas" not in said
        assert isolated_bot.health()[0] == 503
    finally:
        rename(isolated_bot, "renamed", "shop_order")
    said = " ".join(
        r["text"] for r in isolated_bot.say(sender, "où est mon colis PX48207264 camille.durand@example.com")
    )
    assert "Roborock" in said


@pytest.mark.processes
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"texte"',
        b"{}",
        b'{"sender": "a"}',
        b'{"message": "bonjour"}',
        b'{"sender": "", "message": "x"}',
        b'{"sender": 5, "message": "x"}',
        b'{"sender": "a", "message": 5}',
        b'{"sender": "a", "message": null}',
        b"\xff\xfe",
        json.dumps({"sender": "a" * 300, "message": "x"}).encode(),
        b'{"sender": "a\\u0000", "message": "x"}',
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_in_one_line(isolated_bot, body):
    status, answer = isolated_bot.post(body)
    assert status == 400
    assert set(answer) == {"error"}


@pytest.mark.processes
@pytest.mark.parametrize(
    ("text", "piece"),
    [("", "vide"), ("\u00a0 \n", "vide"), ("x" * 2001, "trop long"), ("a" * 1_000_000, "trop long")],
)
def test_an_unreadable_message_gets_a_truthful_answer(isolated_bot, sender, text, piece):
    assert piece in isolated_bot.say(sender, text)[0]["text"]


@pytest.mark.processes
@pytest.mark.parametrize(
    "text", ["\ud83d", "👍", "\u202eoù est mon colis", "🤷‍♀️" * 200, "/", "//", "/intent{", "\x00\x01"]
)
def test_strange_characters_are_answered(isolated_bot, sender, text):
    status, replies = isolated_bot.post(json.dumps({"sender": sender, "message": text}).encode())
    assert status == 200
    assert replies
    assert all(reply["text"] for reply in replies)


@pytest.mark.processes
def test_the_logs_hold_no_words_and_no_address_of_a_customer(isolated_bot, sender):
    """Through both channels, with and without the bot, and including refused input."""
    said = "mon secretissime colis PX48207264 camille.durand@example.com"
    chat = ChatClient(isolated_bot.web_url).open()
    isolated_bot.say(sender, said)
    chat.say(said)
    chat.call("POST", "messages", f'{{"text": "{said}"'.encode())
    chat.post(said * 100)
    isolated_bot.kill("bot")
    try:
        seq = chat.post(said).json["seq"]
        wait_for(lambda: "ClientConnectorError" in isolated_bot.log("web").read_text())
    finally:
        isolated_bot.start("bot")
        isolated_bot.wait_until_healthy()
    chat.wait_for_answer(seq)
    for name in isolated_bot.names:
        log = isolated_bot.log(name).read_text()
        for piece in ("secretissime", "example.com", "48207264", "Warning", chat.token):
            assert piece not in log, f"{piece} in the log of {name}"


@pytest.mark.processes
def test_a_tracker_store_other_than_ours_ends_the_process(tmp_path):
    """Without this check, Rasa would only warn about the missing class, and store conversations in memory."""
    if not MODEL.exists():
        pytest.skip("no trained model: make train")
    for name in ("bot", "credentials.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    endpoints = (
        (ROOT / "endpoints.yml").read_text().replace("bot.tracker_store.TrackerStore", "bot.tracker_store.Missing")
    )
    (tmp_path / "endpoints.yml").write_text(endpoints)
    settings = Processes(tmp_path).env | {"MODEL": str(MODEL), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot"]
    ended = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=120)
    assert ended.returncode
    assert "endpoints.yml names bot.tracker_store" in ended.stderr
