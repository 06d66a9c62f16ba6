"""The way to a person: the contacts, the queue, someone in danger, and a request to the team."""

from datetime import datetime

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import contacts
from actions.support import ValidateHandoverForm, request_besides_email
from chat.handover import MAX_PER_CONVERSATION, leave_request
from chat.models import HandOverRequest
from shop import clock

CONTACTS = "utter_contact_support/contact"


def test_a_customer_in_danger_gets_no_menu(act):
    ranking = [("nlu_fallback", 0.6), ("contact_support", 0.4)]
    slots = {"question": "distress/danger"}
    assert act("action_ask_back", intent="nlu_fallback", ranking=ranking, slots=slots).names == ["utter_danger"]


def test_a_problem_described_during_a_request_is_noted_and_not_answered(act):
    read = {"intent": "where_is_parcel", "question": "where_is_parcel/where", "form": "handover_form"}
    noted = act("action_parcel", text="c pour ma commande jamais recu", **read)
    assert (noted.names, noted.next) == (["utter_request_noted"], "handover_form")
    assert act("action_parcel", text="elle est où ma commande ?", **read).names == ["utter_where_is_parcel/where"]


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (datetime(2026, 11, 23, 12), "la ligne est ouverte en ce moment"),
        (datetime(2026, 11, 23, 20), "la ligne est fermée en ce moment et rouvre demain à 10\u00a0h"),
        # Public holidays: the hours name weekdays only.
        (
            datetime(2026, 12, 25, 11),
            "aujourd’hui est un jour férié, dont ces horaires ne parlent pas, et la ligne",
        ),
        (datetime(2026, 12, 24, 20), "au plus tard lundi 28\u00a0décembre 2026 à 10\u00a0h : demain est un jour férié"),
    ],
)
def test_contacts_say_whether_the_line_is_open(act, monkeypatch, now, line):
    monkeypatch.setattr(contacts.clock, "now", lambda: now.replace(tzinfo=clock.PARIS))
    result = act("action_support", intent="contact_support", question="contact_support/contact")
    assert result.names == [CONTACTS]
    assert line in result[0][1]["line"]
    assert result.slots["offer"] == "leave_message"


@pytest.mark.parametrize(("question", "leaves"), [("contact", True), ("no_answer", True), ("hours", False)])
def test_a_request_for_a_person_ends_the_form(act, question, leaves):
    result = act("action_support", intent="contact_support", question=f"contact_support/{question}", form="order_form")
    assert result.left_form is leaves


@pytest.mark.parametrize(
    ("answered", "before", "reason"),
    [
        (["where_is_parcel/where"], [], "asked"),
        ([], [], "asked"),
        (["ask_invoice/where", "report_damaged_parcel/what_to_do"], [], "damaged"),
        (["report_damaged_parcel/what_to_do", "ask_refund/not_received"], [], "money"),
        (["ask_refund/delay", "contact_support/contact"], [], "money"),
        (["ask_refund/delay", "where_is_parcel/where"], [], "asked"),
        (["where_is_parcel/where"], ["utter_not_understood_again"], "misunderstood"),
        (["ask_refund/delay"], ["utter_not_understood_again"], "money"),
    ],
)
def test_a_person_is_called_because_of_what_it_was_about(act, monkeypatch, answered, before, reason):
    async def somebody_is_there(conversation):
        return True

    monkeypatch.setattr(contacts, "ateam_is_available", somebody_is_there)
    read = {"intent": "contact_support", "question": "contact_support/contact", "answered": before}
    [(reply, message)] = act("action_support", slots={"answered_questions": answered}, **read)
    assert (reply, message["custom"]["handover"]) == ("utter_queue", reason)


def test_a_mention_of_dying_gets_the_3114_first_and_exhaustion_the_contacts(act):
    assert act("action_distress", intent="distress", question="distress/danger", form="order_form").names == [
        "utter_danger"
    ]
    result = act(
        "action_follow_up", intent="follow_up", question="follow_up/why", slots={"question": "distress/danger"}
    )
    assert result.names == ["utter_danger"]
    result = act("action_distress", intent="distress", question="distress/tired")
    assert result.names == ["utter_distress", CONTACTS]


def test_a_request_is_stored_before_it_is_confirmed(act):
    result = act(
        "action_leave_request", slots={"email": "a@example.com", "handover_text": "x" * 2000, "topic": "refund"}
    )
    request = HandOverRequest.objects.get()
    assert (request.email, len(request.text), request.topic) == ("a@example.com", 2000, "refund")
    assert result.names == ["utter_request_left"]
    card = {"kind": "request", "reference": request.reference, "email": "a@example.com", "text": request.text}
    assert result[0][1]["custom"] == {"card": card}


def said(text, intent):
    return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}}}


def test_what_was_said_and_the_number_go_along_with_a_request(act):
    earlier = [said("jai pa resu mn coli", "where_is_parcel"), said("rappelez-moi", "contact_support")]
    slots = {"email": "a@example.com", "handover_text": "c'est urgent, merci", "order_number": "PX48207264"}
    act("action_leave_request", slots=slots, earlier=earlier)
    text = "c'est urgent, merci\n\nPlus tôt : jai pa resu mn coli\n\nNuméro : PX48207264"
    assert HandOverRequest.objects.get().text == text


def test_after_the_e_mail_one_bubble_offers_to_send_what_was_said(act):
    given = {"intent": "inform", "text": "a@example.com", "slots": {"email": "a@example.com"}, "form": "handover_form"}
    earlier = [said("jai pa resu mn coli", "where_is_parcel")]
    entities = {"email": "a@example.com"}
    offered = act("action_ask_handover_form_handover_text", entities=entities, earlier=earlier, **given)
    assert offered.names == ["utter_request_so_far"]
    assert offered[0][1]["said"] == "jai pa resu mn coli"
    assert act("action_ask_handover_form_handover_text", entities=entities, **given).names == [
        "utter_ask_handover_text"
    ]


@pytest.mark.parametrize(
    ("text", "intent", "kept"), [("/affirm", "affirm", "jai pa resu mn coli"), ("ok", "inform", None)]
)
def test_a_yes_sends_what_was_said_before_and_nothing_is_asked_twice(text, intent, kept):
    latest = {"text": text, "intent": {"name": intent}}
    tracker = Tracker("s", {}, latest, [said("jai pa resu mn coli", "where_is_parcel")], False, None, {}, "")
    validated = ValidateHandoverForm().validate_handover_text(text, CollectingDispatcher(), tracker, {})
    assert validated == {"handover_text": kept}


def test_beyond_the_limit_a_request_is_refused_with_the_address_to_write_to(act):
    """The first message stores a request; other messages of the conversation use up the rest of the limit."""
    for number in range(MAX_PER_CONVERSATION):
        leave_request("conversation", f"before{number}", email="a@example.com", text="Rappelez-moi")
    result = act(
        "action_leave_request", slots={"email": "b@example.com", "handover_text": "Rappelez-moi s'il vous plaît"}
    )
    assert result.names == ["utter_request_limit"]
    assert not HandOverRequest.objects.filter(email="b@example.com").exists()


@pytest.mark.parametrize(
    ("text", "intent", "kept"),
    [
        ("c'est quoi vos horaires ?", "contact_support", False),
        ("annulez ma commande de vélo", "cancel_order", True),
        ("je veux qu'on me rappelle pour mon vélo", "contact_support", True),
    ],
)
def test_only_a_request_is_taken_as_a_request(act, text, intent, kept):
    slots = {"requested_slot": "handover_text", "handover_text": text, "email": "a@example.com"}
    validated = act("validate_handover_form", text=text, intent=intent, slots=slots, form="handover_form")
    assert validated.slots.get("handover_text", text) == (text if kept else None)


@pytest.mark.parametrize("text", ["annulez", "non merci", "j'ai déjà tout expliqué", "supprimez cette demande"])
def test_a_request_that_is_called_off_ends_the_form_and_leaves_nothing(act, text):
    tracker = Tracker("s", {}, {"text": text}, [], False, None, {}, "")
    validated = ValidateHandoverForm().validate_handover_text(text, CollectingDispatcher(), tracker, {})
    assert validated == {"handover_text": None, "requested_slot": None}
    assert act("action_leave_request", slots={"email": "a@example.com"}).names == ["utter_stopped"]
    assert not HandOverRequest.objects.exists()


def test_a_request_in_the_message_with_the_email_is_not_asked_for_again():
    text, email = "Jean Roux, j.roux@example.com, ma montre ne charge plus", "j.roux@example.com"
    start = text.index(email)
    entity = {"entity": "email", "value": email, "start": start, "end": start + len(email)}
    assert request_besides_email({"text": text, "entities": [entity]}) == "ma montre ne charge plus"
    assert (
        request_besides_email({"text": f"mon mail est {email}", "entities": [entity | {"start": 13, "end": 33}]})
        is None
    )


def test_a_question_about_a_request_that_was_left_opens_no_second_one(act):
    slots = {"email": "a@example.com", "handover_text": "mon vélo est cassé"}
    asked = act("action_leave_message", text="vous allez m'appeler ?", intent="leave_message", slots=slots)
    assert (asked.names, asked.next) == (["utter_request_waits"], "action_listen")
    for text in ("/leave_message", "je veux laisser une autre demande"):
        assert act("action_leave_message", text=text, intent="leave_message", slots=slots).next == "handover_form"


def test_a_call_for_help_in_danger_is_not_out_of_scope(act):
    read = {"intent": "out_of_scope", "question": "out_of_scope/elsewhere", "slots": {"question": "distress/danger"}}
    assert act("action_out_of_scope", text="vous pouvez m'aider ?", **read).names == ["utter_danger"]


def test_a_danger_that_the_customer_denies_is_over(act):
    read = {"intent": "out_of_scope", "question": "out_of_scope/other", "ranking": [("out_of_scope/other", 0.5)]}
    slots = {"question": "distress/danger"}
    denied = act("action_out_of_scope", text="??? je parle d'un collier de chien", slots=slots, **read)
    assert denied.names == ["utter_repair_what"]
    assert act("action_out_of_scope", text="vous pouvez m'aider ?", slots=slots, **read).names == ["utter_danger"]
    read["ranking"] = [("out_of_scope/other", 0.5), ("distress/danger", 0.2)]
    meant = act("action_out_of_scope", text="je parle d'en finir", slots=slots, **read)
    assert meant.names == ["utter_danger"], "not denied while it may be meant"


@pytest.mark.parametrize(("probability", "reply"), [(0.44, "utter_danger"), (0.95, "utter_track_delivery/wishes")])
def test_an_uncertain_question_after_a_mention_of_dying_gets_the_3114(act, probability, reply):
    """« Ils vont me prendre pour un fou » was read as a question about a delivery."""
    read = {"intent": "track_delivery", "question": "track_delivery/wishes", "text": "ils vont me prendre pour un fou"}
    given = read | {"ranking": [(read["question"], probability), ("distress/danger", 0.13)]}
    assert act("action_tracking", slots={"question": "distress/danger"}, **given).names == [reply]


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("jveu pas donner mon mail", True),
        ("non pas mail je veu au tel", True),
        ("ya pas autre chose que l'adresse ?", True),
        ("c'est quoi vos horaires ?", False),
    ],
)
def test_who_does_not_want_to_give_an_e_mail_leaves_no_request(act, text, stops):
    slots = {"requested_slot": "email"}
    read = {"intent": "contact_support", "question": "contact_support/hours", "text": text, "slots": slots}
    result = act("action_support", form="handover_form", **read)
    assert (result.names == ["utter_request_without_email"]) is stops
    assert result.left_form is stops
