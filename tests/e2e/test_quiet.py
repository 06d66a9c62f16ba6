"""After half an hour without a message, a verified order is not shown again: another person may use the computer."""

import json
import urllib.request

import pytest

from harness.chat_client import ChatClient
from harness.quiet import make_quiet, make_quiet_for_rasa

pytestmark = pytest.mark.processes
ORDER = "où est mon colis PX48207264 camille.durand@example.com"


@pytest.fixture
def chat(bot):
    """A conversation with a verified order."""
    chat = ChatClient(bot.web_url).open()
    assert any(reply["card"] for reply in chat.say(ORDER))
    return chat


def conversation_of(chat):
    return chat.token.split(":")[0]


def reader(chat):
    """A newly opened window of the same browser, which has received no message yet."""
    return ChatClient(chat.web_url, chat.token)


def said(messages):
    return " ".join(message["text"] for message in messages)


def test_a_new_window_is_given_the_conversation_while_it_goes_on(chat):
    window = reader(chat)
    window.read(wait=0)
    assert window.messages == chat.messages


def test_a_new_window_gets_nothing_of_a_quiet_conversation(bot, chat):
    make_quiet(bot, conversation_of(chat))
    last = chat.messages[-1]["seq"]
    assert reader(chat).read(wait=0) == {"messages": [], "answered": 1, "typing": False, "hidden": last}
    assert "Roborock" not in chat.call("GET", "transcript.txt").raw.decode()
    assert b"Roborock" not in first_events(chat)


def first_events(chat):

    request = urllib.request.Request(
        f"{chat.web_url}/chat/v1/stream", headers={"Authorization": f"Bearer {chat.token}"}
    )
    with urllib.request.urlopen(request, timeout=20) as stream:
        return b"".join(stream.readline() for _ in range(5))


def test_the_next_message_continues_without_the_order(bot, chat):
    make_quiet(bot, conversation_of(chat))
    replies = chat.say("et ma facture ?")
    assert not any(reply["card"] for reply in replies)
    assert "PX48207264" not in said(replies)
    assert "numéro" in said(chat.say("regardez ma commande"))
    window = reader(chat)
    window.read(wait=0)
    assert said(window.messages).startswith("et ma facture ?")
    assert "Roborock" not in json.dumps(window.messages)


def test_a_right_number_and_email_show_the_order_again(bot, chat):
    make_quiet(bot, conversation_of(chat))
    assert any(reply["card"] for reply in chat.say(ORDER))


def test_erasing_erases_what_is_no_longer_shown(bot, chat):
    make_quiet(bot, conversation_of(chat))
    assert chat.call("DELETE", "conversation").status == 204
    assert chat.call("GET", "messages").status == 401


def test_the_bots_session_ends_in_every_channel(bot, sender):
    assert "Roborock" in said(bot.say(sender, ORDER))
    make_quiet_for_rasa(bot, sender)
    assert "PX48207264" not in said(bot.say(sender, "et ma facture ?"))
