"""A take-over with real processes: from then on, the customer gets the agent's messages and no answer of the bot."""

import re
import uuid

import pytest

from harness.chat_client import ChatClient
from harness.console_client import ConsoleClient, new_word
from harness.processes import wait_for
from shop.contacts import PHONE

pytestmark = pytest.mark.processes
ASK = "je veux parler à un conseiller"
# The id of the conversation that contains this message.
FIND = (
    "from chat.models import Message;"
    "print(*Message.objects.filter(text='{words}').values_list('conversation', flat=True))"
)


@pytest.fixture(scope="module")
def agent(isolated_processes):
    return ConsoleClient.signed_in(isolated_processes, "review")


@pytest.fixture
def customer(isolated_bot):
    """Erased afterwards. Otherwise, 90 seconds after its agent left, it would be in the queue of other tests."""
    client = ChatClient(isolated_bot.web_url).open()
    yield client
    client.call("DELETE", "conversation")


@pytest.fixture
def available(agent, isolated_bot):
    """An agent with an open inbox; afterwards no agent is present for other tests."""
    agent.post("boite/presence", to="boite/", disponible="1")
    yield
    agent.post("boite/presence", to="boite/", disponible="0")


def conversation_of(agent, words):
    """The conversation in the inbox whose last message is this."""
    for tab in ("a-prendre", "miennes", "client"):
        found = re.search(
            rf"c=([0-9a-f]{{32}})\"[^>]*>\s*<span class=\"what\"><span class=\"first\">{words}",
            text(agent.get(f"boite/?onglet={tab}")),
        )
        if found:
            return str(uuid.UUID(found[1]))
    return None


def text(answer):
    return answer.raw.decode()


def reply(agent, conversation, words):
    seen = re.search(r'name="vu" value="(\d+)"', text(agent.get(f"boite/?c={conversation}")))[1]
    return agent.post(f"boite/{conversation}/repondre", to="boite/", texte=words, envoi=str(uuid.uuid4()), vu=seen)


def state(customer):
    return customer.read(wait=0).get("team")


def test_without_a_present_agent_the_customer_gets_the_contacts(customer):
    assert PHONE in "".join(said["text"] for said in customer.say(ASK))
    assert state(customer) is None


def test_from_asking_for_a_person_to_the_bot_again(agent, customer, available):
    words = f"{ASK} {new_word()}"
    queued = customer.say(words)
    assert "Revenir à l’assistant" in [button["title"] for button in queued[-1]["buttons"]]
    assert state(customer) == {"waiting": 1}
    conversation = conversation_of(agent, words)
    agent.post(f"boite/{conversation}/prendre", to="boite/")
    assert state(customer) == {"agent": "agent-review"}
    assert customer.post("vous êtes là ?").status == 202
    assert reply(agent, conversation, "Oui, je vous réponds.").status == 200
    customer.read()
    wait_for(lambda: customer.read(wait=1) and customer.messages[-1]["from"] == "agent")
    assert (customer.messages[-1]["author"], customer.messages[-1]["text"]) == ("agent-review", "Oui, je vous réponds.")
    agent.post(f"boite/{conversation}/rendre", to="boite/")
    assert state(customer) is None
    assert "compte" in "".join(said["text"] for said in customer.say("où est ma facture ?"))
    transcript = customer.call("GET", "transcript.txt").raw.decode()
    assert "agent-review" in transcript


def test_an_answer_that_the_bot_was_computing_is_never_shown(agent, customer, available, isolated_bot):
    customer.say("bonjour")
    words = f"où est ma facture {new_word()}"
    with isolated_bot.frozen("bot"):
        seq = customer.post(words).json["seq"]
        conversation = isolated_bot.manage("shell", "-v0", "-c", FIND.format(words=words)).strip()
        agent.post(f"boite/{conversation}/prendre", to="boite/")
    wait_for(lambda: customer.read(wait=0)["answered"] >= seq)
    # Rasa did answer it.
    wait_for(lambda: isolated_bot.rasa_messages(uuid.UUID(conversation).hex)[-1:], equal_to=[words])
    customer.read(wait=0)
    after = [said for said in customer.messages if said["seq"] > seq]
    assert [said["text"] for said in after if "compte client" in said["text"]] == []
    assert "vous répond à partir de maintenant" in after[-1]["text"]


def test_a_killed_web_process_loses_nothing_and_makes_no_second_owner(agent, customer, available, isolated_bot):
    words = f"{ASK} {new_word()}"
    customer.say(words)
    conversation = conversation_of(agent, words)
    agent.post(f"boite/{conversation}/prendre", to="boite/")
    with isolated_bot.killed("web"):
        pass
    isolated_bot.wait_until_healthy()
    assert state(customer) == {"agent": "agent-review"}
    assert reply(agent, conversation, "Me revoilà.").status == 200
    customer.read(wait=0)
    assert [said["text"] for said in customer.messages].count("Me revoilà.") == 1
