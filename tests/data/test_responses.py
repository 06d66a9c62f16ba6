"""The replies: French typography, « vous », short, and none that nothing says."""

import json
import re
from pathlib import Path

import pytest

from actions import follow_ups, topics
from actions import responses as action_responses
from bot import replies as bot_replies
from bot.replies import MOST_BUTTONS
from bot.typography import typeset
from harness.project import ROOT, domain, responses, rules

TEXTS = [
    (name, text)
    for name, variations in responses().items()
    for variation in variations
    for text in [variation.get("text", ""), *(button["title"] for button in variation.get("buttons", []))]
]
TU = re.compile(r"\b(tu|te|toi|ton|ta|tes|t['’])\b", re.IGNORECASE)
LONGEST_BUTTON = 40
LONGEST_TEXT = 800


@pytest.mark.parametrize(("name", "text"), TEXTS)
def test_typography(name, text):
    prose = re.sub(r"«[^»]*»", "«»", typeset(text))
    assert "'" not in prose, f"{name}: a straight apostrophe"
    assert not re.search(r" [:;!?»]|« ", prose), f"{name}: a blank that can break before punctuation: {prose}"
    assert '"' not in prose, f"{name}: quotation marks are « »"
    assert "..." not in prose, f"{name}: the ellipsis is …"
    assert prose.count("«") == prose.count("»")


@pytest.mark.parametrize(("name", "text"), TEXTS)
def test_the_customer_is_vous(name, text):
    assert not TU.search(text), f"{name} says « tu »: {text}"


@pytest.mark.parametrize("name", responses())
def test_a_reply_is_short_and_its_buttons_too(name):
    for variation in responses()[name]:
        assert 0 < len(variation["text"]) <= LONGEST_TEXT
        for button in variation.get("buttons", []):
            assert len(button["title"]) <= LONGEST_BUTTON, button["title"]


def buttons():
    """[(reply, payload)] of all buttons of all wordings."""
    for name, variations in responses().items():
        for variation in variations:
            yield from ((name, button["payload"]) for button in variation.get("buttons", []))


def test_a_buttons_payload_is_a_command_that_is_answered():
    """« /ask_refund/delay », a question; or an intent, with the entities that it brings."""
    kinds = {f"follow_up/{kind}" for kind in follow_ups.table()["default"]}
    for name, payload in buttons():
        found = re.fullmatch(r"/(\w+)(?:/(\w+)|{({.*})})?", payload)
        assert found, f"{name}: {payload}"
        intent, question, entities = found.groups()
        assert intent in domain()["intents"], f"{name}: {payload}"
        if question:
            assert f"{intent}/{question}" in {*action_responses.titles(), *kinds}, f"{name}: {payload}"
        if entities:
            assert set(json.loads(entities[0:-1] if entities.endswith("}}") else entities)) <= set(domain()["entities"])


def test_a_buttons_question_is_sent_as_rasa_reads_it():
    """The braces are doubled, since Rasa fills the reply's placeholders afterwards."""
    assert bot_replies.payload("/ask_refund/delay") == '/ask_refund{{"question": "delay"}}'
    assert bot_replies.payload("/stop") == "/stop"
    for _, written in buttons():
        sent = bot_replies.payload(written).format()
        assert re.fullmatch(r'/[a-z_]+({("[a-z_]+": "[^"]+"(, )?)+})?', sent), sent


def test_no_reply_has_more_buttons_than_are_shown():
    for name, variations in responses().items():
        more = f"utter_more/{name.removeprefix('utter_')}" in responses()
        for variation in variations:
            assert len(variation.get("buttons", [])) + more <= MOST_BUTTONS, name


def test_no_reply_says_the_same_twice():
    """Asked the same again, the customer reads other words."""
    for name, variations in responses().items():
        texts = [variation["text"] for variation in variations]
        assert len(set(texts)) == len(texts), name


def test_a_question_is_answered_in_two_ways_at_least():
    once = [question for question in action_responses.titles() if len(responses()[f"utter_{question}"]) < 2]
    assert set(once) <= ONE_WAY, set(once) - ONE_WAY


# The same steps or the same unknown: nothing is to be said otherwise.
ONE_WAY = {"ask_withdrawal/partial"}


def test_more_is_behind_a_reply_that_there_is():
    for name in responses():
        if name.startswith("utter_more/"):
            assert f"utter_{name.removeprefix('utter_more/')}" in responses(), name


def test_the_bot_and_the_actions_say_the_same_replies():
    assert bot_replies.load() == action_responses.load() == responses()


def test_every_reply_is_said_by_something():
    code = "".join(path.read_text() for folder in ("actions", "bot") for path in Path(ROOT / folder).rglob("*.py"))
    named = set(re.findall(r"utter_[\w/]+", code)) | {
        step["action"] for _, rule in rules() for step in rule["steps"] if "action" in step
    }
    # f"utter_…_{state}": everything before the brace. What a topic or a question fills is looked up below.
    prefixes = tuple(prefix for prefix in re.findall(r'f"(utter_[\w/]*?)\{', code) if prefix != "utter_")
    questions = {f"utter_{question}" for question in action_responses.titles()}
    named |= questions | {f"utter_more/{name.removeprefix('utter_')}" for name in questions}
    named |= {"utter_greet", "utter_thank"}  # f"utter_{intent}" of small talk
    named |= {cell for row in follow_ups.table().values() for cell in row.values() if cell.startswith("utter_")}
    named |= {"utter_default"}  # what Rasa itself says after its own fallback
    named |= {f"utter_title_{stem}" for stem in topics.TOPIC_KEYS.values()}  # the console's (console/bot_data.py)
    asked = {f"utter_ask_{slot}" for form in domain()["forms"].values() for slot in form["required_slots"]}
    asked |= {
        f"utter_ask_{form}_{slot}" for form, needs in domain()["forms"].items() for slot in needs["required_slots"]
    }
    prefixes = tuple(prefix for prefix in prefixes if prefix not in ("utter_more/", "utter_follow_up/"))
    unsaid = [name for name in responses() if name not in named | asked and not name.startswith(prefixes)]
    assert not unsaid


def test_every_form_can_ask_for_every_slot():
    for form, needs in domain()["forms"].items():
        for slot in needs["required_slots"]:
            assert {f"utter_ask_{slot}", f"utter_ask_{form}_{slot}"} & set(responses()), f"{form} cannot ask for {slot}"
