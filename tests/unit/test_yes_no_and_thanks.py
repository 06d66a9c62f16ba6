"""Yes, no, stop, thanks and greetings: what they mean depends on what the bot said before."""

import pytest

from actions import topics

CONTACTS = "utter_contact_support/contact"


@pytest.mark.parametrize(
    ("offer", "following"),
    [("look_up", "action_look_up"), ("leave_message", "action_leave_message"), ("ask_refund/delay", "action_refund")],
)
def test_yes_takes_the_offer(act, offer, following):
    assert act("action_affirm", intent="affirm", slots={"offer": offer}).next == following


def test_ok_only_notes_what_was_said_and_takes_no_offer(act):
    result = act("action_affirm", intent="affirm", question="affirm/ack", slots={"offer": "look_up"})
    assert (result.names, result.next) == (["utter_ack"], "action_listen")


@pytest.mark.parametrize(
    ("text", "following"), [("ok regardez", "action_look_up"), ("ok je regarderai", "action_listen")]
)
def test_go_ahead_takes_the_offer(act, text, following):
    result = act("action_affirm", text=text, intent="affirm", question="affirm/ack", slots={"offer": "look_up"})
    assert result.next == following


def test_a_customer_who_asks_to_wait_is_waited_for(act):
    result = act("action_affirm", text="2 sec je cherche", intent="affirm", question="affirm/ack")
    assert result.names == ["utter_take_your_time"]


def test_an_unlikely_ok_is_asked_to_rephrase(act):
    ranking = [("affirm/ack", 0.2), ("repair", 0.1)]
    result = act("action_affirm", intent="affirm", question="affirm/ack", ranking=ranking)
    assert result.names == ["utter_ask_rephrase"]


@pytest.mark.parametrize(("text", "reply"), [("ok", "utter_ack"), ("c’est un peu raide", "utter_ack_regret")])
def test_a_rule_that_disappoints_is_regretted(act, text, reply):
    slots = {"question": "ask_return_conditions/personalised"}
    assert act("action_affirm", text=text, intent="affirm", question="affirm/ack", slots=slots).names == [reply]


def test_yes_to_nothing_is_answered(act):
    assert act("action_affirm", intent="affirm").names == ["utter_anything_else"]


def test_an_offer_lasts_one_turn(act):
    assert act("action_deny", intent="deny", slots={"offer": "look_up"}).slots["offer"] is None


@pytest.mark.parametrize("action", ["action_deny", "action_stop"])
def test_no_and_stop_end_a_form(act, action):
    result = act(action, form="order_form")
    assert result.left_form
    assert result.names == ["utter_stopped"]


def test_a_no_with_a_question_is_answered_as_the_question(act):
    read = {"intent": "deny", "ranking": [("deny", 0.6), ("ask_withdrawal/how", 0.3)]}
    result = act("action_deny", text="non en fait il me plaît pas du tout", **read)
    assert (result.names, result.slots["asked_question"]) == ([], "ask_withdrawal/how")
    assert act("action_deny", text="non merci", **read).names == ["utter_declined"]
    before = [{"event": "user", "parse_data": {"question_ranking": [{"name": "ask_refund/delay", "confidence": 0.2}]}}]
    read = {"intent": "deny", "ranking": [("deny", 0.99)]}
    result = act("action_deny", text="non je n'ai pas besoin de ça", earlier=before, **read)
    assert result.names == ["utter_declined"], "what the message before may have meant was not asked again"


@pytest.mark.parametrize("before", ["utter_declined", "utter_stopped"])
def test_the_second_no_in_a_row_offers_a_person(act, before):
    result = act("action_deny", intent="deny", answered=[before])
    assert result.names == ["utter_not_understood_again", CONTACTS]
    assert result.slots["offer"] == "leave_message"


@pytest.mark.parametrize("text", ["non mais le prénom", "non, la date de retour"])
def test_a_no_that_says_something_is_a_correction_and_no_goodbye(act, text):
    ranking = [("deny", 0.9), ("ask_refund/delay", 0.02), ("ask_invoice/where", 0.018), ("ask_refund/who", 0.017)]
    result = act("action_deny", text=text, intent="deny", ranking=ranking, slots={"question": "ask_refund/want"})
    assert result.names == ["utter_not_that"]
    assert [button["title"] for button in result[0][1]["buttons"]] == [
        topics.title("ask_refund/delay"),
        topics.title("ask_invoice/where"),
    ]


@pytest.mark.parametrize("text", ["non", "Non merci, c'est bon pour moi", "non rien d'autre, bonne soirée !"])
def test_a_no_that_says_nothing_else_is_a_goodbye(act, text):
    ranking = [("deny", 0.9), ("ask_refund/delay", 0.02)]
    assert act("action_deny", text=text, intent="deny", ranking=ranking).names == ["utter_declined"]


def test_insisting_on_a_figure_gets_the_reply_that_none_is_known(act):
    assert act("action_deny", text="non mais en gros", intent="deny").names == ["utter_nothing_more_precise"]


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("merci beaucoup", "utter_thank"),
        ("merci quand même, ça ne m'avance pas", "utter_thank_regret"),
        ("merci mais vous répondez pas à grand-chose", "utter_thank_regret"),
    ],
)
def test_thanks_that_complain_are_no_pleasure(act, text, reply):
    assert act("action_small_talk", text=text, intent="thank").names == [reply]


def test_leaving_a_request_gives_nothing_up(act):
    assert act("action_stop", intent="stop", text="bon, laisse un message alors").next == "action_leave_message"
    assert act("action_stop", intent="stop", text="laisse tomber").names == ["utter_gave_up"]


def test_what_an_ok_asks_is_answered(act):
    read = {"intent": "affirm", "question": "affirm/ack", "ranking": [("affirm/ack", 0.6)]}
    seller = {"question": "contact_seller/how", "topic": "seller"}
    sent = act("action_affirm", text="ok envoyé. et si dans 3 jours rien ?", slots=seller, **read)
    assert sent.slots["asked_question"] == "contact_seller/no_answer"
    parcel = {"question": "where_is_parcel/where", "topic": "parcel"}
    assert act("action_affirm", text="ok donc demain ?", slots=parcel, **read).slots["asked_question"] == (
        "where_is_parcel/when"
    )
    assert act("action_affirm", text="ok à demain", slots=parcel, **read).names == ["utter_ack"]


def test_allo_in_the_middle_of_a_conversation_is_not_greeted_again(act):
    slots = {"question": "contact_support/complaint"}
    assert act("action_small_talk", text="allo ?", intent="greet", slots=slots).names == ["utter_still_here"]
    assert act("action_small_talk", text="allo ?", intent="greet").names == ["utter_greet"]
