"""Erasure and retention with the real processes: afterwards no table and no file contains the person's data."""

import random
import re
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from chat.backends import by_rendezvous_hash
from console.privacy.erase import ErasureIncomplete, erase_in_rasa
from harness import postgres
from harness.chat_client import ChatClient
from harness.console_client import ConsoleClient, new_word, threads_in
from harness.processes import free_port, wait_for

pytestmark = pytest.mark.processes


@pytest.fixture
def person():
    """An e-mail and words that nobody else uses."""
    name = new_word()
    return f"{name}@example.org", f"mon perroquet {name} adore vos cartons"


def hold_talks(web_url, person):
    """One conversation with the e-mail, one with a request. No such order exists: failures would lock a demo order."""
    email, words = person
    number = f"PX{random.randrange(10**7, 10**8)}"
    first = ChatClient(web_url).open()
    for line in (words, "où est mon colis ?", number, email):
        first.say(line)
    first.call("POST", "rating", {"helpful": False, "comment": f"{words}, {email}"})
    second = ChatClient(web_url).open()
    for line in ("je veux laisser un message à l'équipe", email, f"{words}, rappelez-moi"):
        second.say(line)


def found_by(console, query):
    return threads_in(console.get(f"?q={query}").raw)


def traces_in_files(folder, pieces):
    """The files that contain a piece. Six digits of a longer number do not count: a confidence may contain them."""
    contents = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [(name, piece) for name, content in contents.items() for piece in pieces if holds(content, piece.encode())]


def holds(content, piece):
    """First `in`, which is much faster than the regular expression, and nearly always false."""
    return piece in content and re.search(rb"(?<![\d.])" + re.escape(piece) + rb"(?!\d)", content)


def traces_in_tables(path, pieces):
    """Every column of every table, including the search index."""
    found = []
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            text = " ".join(map(str, database.execute(f'SELECT * FROM "{table}"').fetchall()))
            found += [(table, piece) for piece in pieces if piece in text]
    return found


def test_a_person_is_erased_everywhere(bot, person):
    email, words = person
    name = email.split("@")[0]
    hold_talks(bot.web_url, person)
    kept = new_word()
    ChatClient(bot.web_url).open().say(f"je voudrais ma facture {kept}")
    console = ConsoleClient.signed_in(bot, "manage")
    wait_for(lambda: len(found_by(console, name)), equal_to=2)
    wait_for(lambda: len(found_by(console, kept)), equal_to=1)
    assert traces_in_files(bot.folder, [name]), "otherwise the test would find nothing"
    (thread, _) = found_by(console, name)
    console.post(f"conversations/{thread}/noter", texte=f"le client {email} rappelle")
    console.post(f"vues?q={quote(email)}", nom="sa vue")
    console.post(f"conversations/{thread}/reveler", raison=f"appel de {email}")
    asked = console.post("effacer/", personne=email.upper())
    assert set(threads_in(asked.raw)) == set(found_by(console, name))
    assert found_by(console, name), "asked, nothing is erased yet"
    receipt = console.post("effacer/", personne=email, confirmer="oui")
    assert b"<dt>Conversations</dt><dd>2</dd>" in receipt.raw
    assert email.encode() not in receipt.raw
    wait_for(lambda: found_by(console, name), equal_to=[])
    assert len(found_by(console, kept)) == 1, "the others are still there"
    for database in ("pixmania", "rasa"):
        assert traces_in_tables(bot.folder / f"{database}.sqlite3", [name, words]) == []
    wait_for(lambda: traces_in_files(bot.folder, [name, words]), equal_to=[])


def test_one_conversation_is_erased(bot, person):
    hold_talks(bot.web_url, person)
    name = person[0].split("@")[0]
    console = ConsoleClient.signed_in(bot, "manage")
    wait_for(lambda: len(found_by(console, name)), equal_to=2)
    first, second = found_by(console, name)
    console.post(f"conversations/{first}/effacer")
    assert found_by(console, name) == [second]
    console.post(f"conversations/{second}/effacer")
    wait_for(lambda: traces_in_files(bot.folder, [name]), equal_to=[])


def test_no_file_contains_what_customers_have_erased_themselves(bot):
    """The indexer overwrites the erased text, once no reader of the old database state is left."""
    name = new_word()
    chat = ChatClient(bot.web_url).open()
    chat.say(f"je voudrais ma facture {name}")
    console = ConsoleClient.signed_in(bot, "read")
    wait_for(lambda: len(found_by(console, name)), equal_to=1)
    waits = lambda: bot.log("web").read_text().count("because a reader blocks it")  # noqa: E731
    before = waits()
    with closing(sqlite3.connect(bot.folder / "pixmania.sqlite3")) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM console_thread").fetchone()[0]
        assert chat.call("DELETE", "conversation").status == 204
        wait_for(lambda: waits() > before)
        assert traces_in_files(bot.folder, [name])
    wait_for(lambda: traces_in_files(bot.folder, [name]), equal_to=[])


def test_an_erasure_succeeds_while_one_bot_process_is_down(bot, settings):
    """Each conversation has a preferred process; the other one uses the same store."""
    dead, alive = f"http://127.0.0.1:{free_port()}", bot.env["RASA_URL"]
    settings.RASA_URLS = [dead, alive]
    names = (uuid.uuid4().hex for _ in range(1000))
    senders = [name for name in names if by_rendezvous_hash(name, settings.RASA_URLS)[0] == dead][:2]
    for sender in senders:
        bot.say(sender, "je voudrais ma facture")
        assert bot.rasa_messages(sender)
    erase_in_rasa(senders)
    assert [bot.rasa_messages(sender) for sender in senders] == [[], []]
    settings.RASA_URLS = [dead, f"http://127.0.0.1:{free_port()}"]
    with pytest.raises(ErasureIncomplete, match="recommencez"):
        erase_in_rasa(senders)


def test_while_the_bot_is_unavailable_nothing_is_erased(isolated_bot, person):
    hold_talks(isolated_bot.web_url, person)
    name = person[0].split("@")[0]
    console = ConsoleClient.signed_in(isolated_bot, "manage")
    wait_for(lambda: len(found_by(console, name)), equal_to=2)
    isolated_bot.kill("bot")
    try:
        answer = console.post("effacer/", personne=person[0], confirmer="oui")
        assert "L’effacement n’est pas complet\u00a0: recommencez" in answer.raw.decode()
        assert len(found_by(console, name)) == 2
    finally:
        isolated_bot.start("bot")
        isolated_bot.wait_until_healthy()
    # Erase again, as the page says. Otherwise the request would stay in the inbox for the browser tests.
    console.post("effacer/", personne=person[0], confirmer="oui")
    assert found_by(console, name) == []


def test_messages_from_before_a_killed_web_process_are_indexed_by_the_next_one(isolated_bot):
    chat = ChatClient(isolated_bot.web_url).open()
    word = new_word()
    chat.say(f"où est mon colis {word}")
    isolated_bot.kill("web")
    isolated_bot.start("web")
    isolated_bot.wait_until_healthy()
    console = ConsoleClient.signed_in(isolated_bot, "read")
    wait_for(lambda: len(found_by(console, word)), equal_to=1)


def test_purge_erases_what_is_older_and_nothing_else(isolated_bot, person):
    name = person[0].split("@")[0]
    hold_talks(isolated_bot.web_url, person)
    kept = ChatClient(isolated_bot.web_url).open()
    kept.say(f"je voudrais ma facture garde{name}")
    console = ConsoleClient.signed_in(isolated_bot, "manage")
    wait_for(lambda: len(found_by(console, name)) == 2 and len(found_by(console, f"garde{name}")) == 1)
    long_ago = datetime.now(UTC) - timedelta(days=425)
    with closing(sqlite3.connect(isolated_bot.folder / "pixmania.sqlite3", timeout=10)) as database, database:
        for number in found_by(console, name):
            database.execute(
                "UPDATE console_thread SET last_at = ?, outcome = 'answered' WHERE id = ?", (long_ago, number)
            )
    assert "conversations: 0" in isolated_bot.manage("purge", "--older-than", "15", "months")
    assert "conversations: 2" in isolated_bot.manage("purge", "--older-than", "13 months")
    assert found_by(console, name) == []
    assert len(found_by(console, f"garde{name}")) == 1
    assert traces_in_tables(isolated_bot.folder / "rasa.sqlite3", [person[1]]) == []


def test_the_console_on_postgresql(postgresql_bot, person):
    """Index, find, erase. Only tables are searched: PostgreSQL's files keep dead rows until VACUUM."""
    name = person[0].split("@")[0]
    hold_talks(postgresql_bot.web_url, person)
    console = ConsoleClient.signed_in(postgresql_bot, "manage")
    wait_for(lambda: len(found_by(console, name)), equal_to=2)
    for page in ("?sujet=where_is_parcel&issue=ongoing&avis=non", "a-relire/", "incompris/", "etat/", "demandes/"):
        assert console.get(page).status == 200, page
    number = found_by(console, "perroquet")[0]
    assert console.get(f"conversations/{number}/?q={name}").status == 200
    apart = console.post("effacer/", personne="adore.perroquet@example.org")
    assert threads_in(apart.raw) == [], "an address is more than its words"
    assert len(threads_in(console.post("effacer/", personne=person[0]).raw)) == 2
    console.post("effacer/", personne=person[0], confirmer="oui")
    assert found_by(console, name) == []
    dump = postgres.dump(postgresql_bot.env["DATABASE_URL"])
    assert "console_thread" in dump
    assert name not in dump


def test_the_logs_of_the_run_name_nobody(bot, recorded):
    for path in bot.folder.glob("*.log"):
        for piece in ("@example", "PX48207264", "Durand"):
            assert piece not in path.read_text(errors="replace"), path.name
