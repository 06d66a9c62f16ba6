"""The replies: French typography, « vous », short, and none that nothing says."""

import re
from pathlib import Path

import pytest

from actions import topics
from bot.typography import typeset
from tests.project import ROOT, domain, responses, rules

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


@pytest.mark.parametrize("name", responses())
def test_a_buttons_payload_is_an_intent_of_the_domain(name):
    for variation in responses()[name]:
        for button in variation.get("buttons", []):
            intent = re.match(r"/(\w+)", button["payload"]).group(1)
            assert intent in domain()["intents"], button


def test_every_reply_is_said_by_something():
    code = "".join(path.read_text() for folder in ("actions", "bot") for path in Path(ROOT / folder).rglob("*.py"))
    named = set(re.findall(r"utter_\w+", code)) | {
        step["action"] for _, rule in rules() for step in rule["steps"] if "action" in step
    }
    # f"utter_…_{state}": everything before the brace.
    prefixes = tuple(prefix for prefix in re.findall(r'f"(utter_\w*?)\{', code) if prefix != "utter_")
    # f"utter_{stem}" and f"utter_{intent}": a topic's own reply, and small talk.
    named |= {f"utter_{stem}" for stem in topics.STEMS.values()} | {"utter_greet", "utter_thank"}
    named |= {"utter_default"}  # what Rasa itself says after its own fallback
    asked = {f"utter_ask_{slot}" for form in domain()["forms"].values() for slot in form["required_slots"]}
    asked |= {
        f"utter_ask_{form}_{slot}" for form, needs in domain()["forms"].items() for slot in needs["required_slots"]
    }
    unsaid = [name for name in responses() if name not in named | asked and not name.startswith(prefixes)]
    assert not unsaid


def test_every_form_can_ask_for_every_slot():
    for form, needs in domain()["forms"].items():
        for slot in needs["required_slots"]:
            assert {f"utter_ask_{slot}", f"utter_ask_{form}_{slot}"} & set(responses()), f"{form} cannot ask for {slot}"
