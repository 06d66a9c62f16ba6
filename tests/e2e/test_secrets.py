"""Secrets that customers write: no store contains them, on either channel, and one sentence tells the customer."""

import uuid

import pytest

from harness.chat_client import ChatClient
from harness.console_client import new_word
from harness.processes import wait_for
from tests.e2e.console.test_erasure import traces_in_files

pytestmark = pytest.mark.processes

# (message with {} for the secret, the secret, the bot's name for it)
SAID = [
    ("mon mot de passe est {} et où est ma facture", "Qz7wkJ2mVb", "mot de passe"),
    ("ma carte {} est refusée", "5555555555554444", "carte"),
    ("virez-moi sur {}", "FR7630006000011234567890189", "IBAN"),
    ("le code de déverrouillage est {}", "749162", "code"),
    ("mon numéro de sécu {}", "185057800608436", "sécurité sociale"),
    ("/mon mot de passe est {}", "Xk4pRt9wLs", ""),
]
# Pieces of numbers sent in several messages that would reveal something.
PIECES = ["4970 1000 0000", "0154", "FR76 3000 6000 0112", "3456 7890", "189", "voici ma carte", "49701000", "00000154"]
TELLING = ["4970 1000 0000", "3000 6000 0112", "3456 7890", "49701000"]


@pytest.fixture(params=["rest", "chat"])
def say(request, bot):
    """say(text) sends it and returns the replies' texts."""
    sender, client = uuid.uuid4().hex, ChatClient(bot.web_url)
    if request.param == "chat":
        client.open()
        return lambda text: [reply["text"] for reply in client.say(text)]
    return lambda text: [reply["text"] for reply in bot.say(sender, text)]


def test_no_store_keeps_a_secret_and_the_customer_is_notified(bot, say):
    marker = new_word()
    say(f"bonjour {marker}")
    for text, secret, name in SAID:
        replies = say(text.format(secret))
        notices = [reply for reply in replies if "gardé votre" in reply or "conservé votre" in reply]
        assert not name or (len(notices) == 1 and name in notices[0]), replies
        assert secret not in " ".join(replies)
    for piece in PIECES:
        say(piece)
    assert traces_in_files(bot.folder, [marker]), "otherwise the test would find nothing"
    secrets = [secret for _, secret, _ in SAID]
    wait_for(lambda: traces_in_files(bot.folder, [*secrets, *TELLING]), equal_to=[])
