"""The replies: French typography, « vous », short, and each one used."""

import json
import re
from collections import Counter
from pathlib import Path

from actions import follow_ups, lookup_flow, topics
from actions import responses as action_responses
from actions.lookup_base import OFFERING_LOOKUP
from actions.wordings import WORDINGS
from bot import nlg
from bot.nlg import MAX_BUTTONS
from console.reply_checks import (
    MAX_BUTTON_LENGTH,
    MAX_TEXT_LENGTH,
    MIN_WORDINGS,
    says_tu,
    typography_faults,
)
from harness.checks import assert_none
from harness.project import ROOT, domain, response_files, responses, rules, where

# Replies with a single variation: the same steps, or the same missing information.
ONE_WAY = {"ask_withdrawal/partial"}


def variations():
    """(reply, one of its variations)"""
    for name, all_ in responses().items():
        yield from ((name, variation) for variation in all_)


def buttons():
    """(reply, button) of every variation."""
    for name, variation in variations():
        yield from ((name, button) for button in variation.get("buttons", []))


def texts():
    """(reply, text) of every variation and button."""
    yield from ((name, variation.get("text", "")) for name, variation in variations())
    yield from ((name, button["title"]) for name, button in buttons())


def test_typography():
    assert_none(f"{where(name)}: {fault} {text}" for name, text in texts() for fault in typography_faults(text))


def test_the_customer_is_vous():
    assert_none(f"{where(name)}: say « vous »: {text}" for name, text in texts() if says_tu(text))


def test_a_reply_is_short_and_its_buttons_too():
    assert_none([
        *(f"{where(name)}: write 1 to {MAX_TEXT_LENGTH} characters of text, not {len(one.get('text', ''))}"
          for name, one in variations() if not 0 < len(one.get("text", "")) <= MAX_TEXT_LENGTH),
        *(f"{where(name)}: write at most {MAX_BUTTON_LENGTH} characters on the button « {button['title']} »"
          for name, button in buttons() if len(button["title"]) > MAX_BUTTON_LENGTH),
    ])  # fmt: skip


def test_a_buttons_payload_is_a_command_that_is_answered():
    """« /ask_refund/delay », a question; or an intent with its entities."""
    assert_none(
        f"{where(name)}: {fault} in the payload {button['payload']}"
        for name, button in buttons()
        for fault in faults_of_payload(button["payload"])
    )


def faults_of_payload(payload):
    answered = {*action_responses.titles(), *(f"follow_up/{kind}" for kind in follow_ups.table()["default"])}
    found = re.fullmatch(r"/(\w+)(?:/(\w+)|{({.*})})?", payload)
    if not found:
        yield "write /intent, /intent/question or /intent{{…}}"
        return
    intent, question, entities = found.groups()
    if intent not in domain()["intents"]:
        yield f"name an intent of domain.yml instead of {intent}"
    if question and f"{intent}/{question}" not in answered:
        yield f"name a question whose reply has a title instead of {intent}/{question}"
    if entities:
        given = json.loads(entities[0:-1] if entities.endswith("}}") else entities)
        yield from (f"name an entity of domain.yml instead of {name}" for name in given.keys() - domain()["entities"])


def test_a_buttons_question_is_sent_as_rasa_reads_it():
    """The braces are doubled, because Rasa fills in the placeholders afterwards."""
    assert nlg.payload("/ask_refund/delay") == '/ask_refund{{"question": "delay"}}'
    assert nlg.payload("/stop") == "/stop"
    for _, button in buttons():
        sent = nlg.payload(button["payload"]).format()
        assert re.fullmatch(r'/[a-z_]+({("[a-z_]+": "[^"]+"(, )?)+})?', sent), sent


def test_no_reply_has_more_buttons_than_are_shown():
    assert_none(
        f"{where(name)}: leave {MAX_BUTTONS - has_more(name)} buttons of {len(variation['buttons'])}"
        for name, variation in variations()
        if len(variation.get("buttons", [])) + has_more(name) > MAX_BUTTONS
    )


def has_more(name):
    """« En savoir plus » is a button too."""
    return f"utter_more/{name.removeprefix('utter_')}" in responses()


def test_a_reply_stands_in_one_file():
    files = Counter(name for replies in response_files().values() for name in replies)
    assert_none(
        f"{file}: {name} stands in another file too: delete one"
        for file, replies in response_files().items()
        for name in replies
        if files[name] > 1
    )


def test_no_reply_says_the_same_twice():
    """If the customer asks again, they read other words."""
    said = Counter((name, variation.get("text")) for name, variation in variations())
    assert_none(f"{where(name)}: say it in other words, not twice: {text}" for (name, text), n in said.items() if n > 1)


def test_a_question_is_answered_in_two_ways_at_least():
    assert_none(
        f"{where(f'utter_{question}')}: write a second wording"
        for question in action_responses.titles()
        if len(responses()[f"utter_{question}"]) < MIN_WORDINGS and question not in ONE_WAY
    )


def test_every_more_text_belongs_to_an_existing_reply():
    more = [name for name in responses() if name.startswith("utter_more/")]
    assert_none(
        f"{where(name)}: write utter_{answer}, or delete what is behind it"
        for name in more
        if f"utter_{(answer := name.removeprefix('utter_more/'))}" not in responses()
    )


def test_the_bot_loads_the_replies_of_all_files():
    assert action_responses.load() == responses()


def test_every_reply_is_used():
    code = "".join(path.read_text() for folder in ("actions", "bot") for path in Path(ROOT / folder).rglob("*.py"))
    named = set(re.findall(r"utter_[\w/]+", code)) | {
        step["action"] for _, rule in rules() for step in rule["steps"] if "action" in step
    }
    # f"utter_…_{state}": all before the brace. Names that a topic or question completes are looked up below.
    prefixes = tuple(prefix for prefix in re.findall(r'f"(utter_[\w/]*?)\{', code) if prefix != "utter_")
    questions = {f"utter_{question}" for question in action_responses.titles()}
    named |= questions | {f"utter_more/{name.removeprefix('utter_')}" for name in questions}
    about = questions | {f"utter_{intent}" for intent in topics.TOPIC_KEYS}
    wordings = (*WORDINGS, "template")  # actions/templates.py
    named |= {f"utter_{wording}/{name.removeprefix('utter_')}" for wording in wordings for name in about}
    named |= {"utter_greet", "utter_thank"}  # f"utter_{intent}" of small talk
    named |= {cell for row in follow_ups.table().values() for cell in row.values() if cell.startswith("utter_")}
    named |= {f"utter_{follow_ups.INTENT}/{kind}" for kind in follow_ups.table()["default"]}  # of nothing said before
    named |= {"utter_default"}  # said by Rasa after its own fallback
    named |= {f"utter_title_{key}" for key in topics.TOPIC_KEYS.values()}  # used by the console (console/bot_data.py)
    named |= {name for form, slot in asked_slots() for name in (f"utter_ask_{slot}", f"utter_ask_{form}_{slot}")}
    prefixes = tuple(prefix for prefix in prefixes if prefix not in ("utter_more/", "utter_follow_up/"))
    assert_none(
        f"{where(name)}: delete it, or give it a title, a cell of actions/follow_ups.yml, a rule or an action"
        for name in responses()
        if name not in named and not name.startswith(prefixes)
    )


def asked_slots():
    """(form, slot that it requests)"""
    for form, needs in domain()["forms"].items():
        yield from ((form, slot) for slot in needs["required_slots"])


def test_every_form_can_ask_for_every_slot():
    assert_none(
        f"data/responses/: write utter_ask_{slot} or utter_ask_{form}_{slot}, with which {form} asks for {slot}"
        for form, slot in asked_slots()
        if not {f"utter_ask_{slot}", f"utter_ask_{form}_{slot}"} & set(responses())
    )


# Values of records. Each may be unknown, except the day of the delivery in a reply about a delivered order.
OF_RECORDS = {
    "product", "seller", "of_seller", "placed_on", "carrier", "shipped_on", "delivered_on", "device", "excluded",
}  # fmt: skip
OF_DELIVERED = {"utter_parcel_delivered", "utter_parcel_when_delivered"}


def test_a_value_that_may_be_unknown_can_be_left_out():
    """« [ ({product})] »: the brackets go with their value."""
    assert_none(
        f"{where(name)}: write brackets around what is said of {value}: {text}"
        for name, text in texts()
        for value in OF_RECORDS & set(action_responses.PLACEHOLDER.findall(re.sub(r"\[[^]]*]", "", text)))
        if not (value == "delivered_on" and name in OF_DELIVERED)
    )


def test_no_line_of_a_reply_begins_with_a_value_of_a_record():
    """A value that begins with « - » or « 1. » would become a list item."""
    begin = re.compile(rf"^\[?{{(?:{'|'.join(OF_RECORDS)})}}", re.MULTILINE)
    assert_none(f"{where(name)}: begin with a word: {text}" for name, text in texts() if begin.search(text))


def test_every_reply_that_offers_a_look_up_is_known_as_one():
    """Such a reply must not be sent while orders cannot be looked up."""
    offers = re.compile(r"je peux (?:aussi )?(?:la |vous dire|regarder)|je vous dis où elle en est", re.IGNORECASE)
    asked = {
        name.removeprefix("utter_")
        for name, variants in responses().items()
        if any(offers.search(variant["text"]) and "adresse e-mail" in variant["text"] for variant in variants)
    }
    record_questions = {
        f"{intent}/{question}"
        for intent, key in topics.TOPIC_KEYS.items()
        if key in lookup_flow.TOPICS
        for question in lookup_flow.TOPICS[key].record_questions
    }
    assert asked & record_questions == OFFERING_LOOKUP
