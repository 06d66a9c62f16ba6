"""After an answer, an uncertain question gets « je ne sais pas » and a contact that may know (actions/unsure.py)."""

import pytest

from actions import topics
from actions.unsure import UNSURE

HARDLY, HARDLY_TOO, CLEARLY = UNSURE - 0.1, UNSURE - 0.15, UNSURE + 0.1
LONG = "et pour le chargeur alors, ils font ça comment en fait ?"


def ask(act, share, before="ask_invoice/missing", text=LONG, **given):
    ranking = [("ask_return_conditions/who_pays", share), ("where_is_parcel/incomplete", HARDLY_TOO)]
    read = {"intent": "ask_return_conditions", "question": ranking[0][0], "ranking": ranking}
    return act("action_return_conditions", text=text, slots={"question": before}, **read, **given)


def test_an_uncertain_question_is_offered_and_not_answered(act):
    result = ask(act, HARDLY)
    assert result.names == ["utter_unknown/seller"]
    likely = ["ask_return_conditions/who_pays", "where_is_parcel/incomplete"]
    assert [button["title"] for button in result[0][1]["others"]] == [topics.title(one) for one in likely]


def test_a_first_message_a_short_one_a_likely_question_and_one_with_a_number_are_answered(act):
    answer = ["utter_ask_return_conditions/who_pays"]
    assert ask(act, HARDLY, before=None).names == answer
    assert ask(act, CLEARLY).names == answer
    assert ask(act, HARDLY, text=LONG + " Reçu le 12").names == answer
    assert ask(act, HARDLY, text="à partir de quand ?").names == answer


@pytest.mark.parametrize(
    ("before", "who"),
    [
        ("cancel_tradein/how", "buyback"),
        ("out_of_scope/tradein_price", "buyback"),
        ("exercise_data_rights/erase", "privacy"),
        ("reset_password/how", "team"),
        ("where_is_parcel/where", "seller"),
    ],
)
def test_the_referral_depends_on_the_topic_of_the_conversation(act, before, who):
    assert ask(act, HARDLY, before=before).names == [f"utter_unknown/{who}"]


def test_an_uncertain_follow_up_is_not_guessed_either(act):
    read = {"intent": "follow_up", "question": "follow_up/how", "ranking": [("follow_up/how", HARDLY)]}
    result = act("action_follow_up", text=LONG, slots={"question": "contact_seller/how"}, **read)
    assert result.names == ["utter_unknown/seller"]


def test_after_a_correction_a_second_guess_needs_more(act):
    ranking = [("cancel_tradein/how", 0.37), ("out_of_scope/tradein_price", 0.25), ("cancel_tradein/shipped", 0.34)]
    read = {"intent": "cancel_tradein", "question": "cancel_tradein/how", "ranking": ranking}
    slots = {"question": "out_of_scope/tradein_price"}
    result = act("action_tradein_cancellation", text="non je parle du prix payé", slots=slots, **read)
    assert result.names == ["utter_not_that"]


def test_a_number_with_an_uncertain_question_is_looked_up(act):
    read = {"intent": "update_personal_info", "question": "update_personal_info/consequences"}
    ranking = [("third_party", 0.14), ("update_personal_info/consequences", 0.12)]
    text = "c'est pour l'annulation, vous voulez mon mail ? hugo.lefevre@example.com"
    given = {"entities": {"email": "hugo.lefevre@example.com"}, "ranking": ranking}
    assert act("action_facts", text=text, **read, **given).next == "action_inform"
