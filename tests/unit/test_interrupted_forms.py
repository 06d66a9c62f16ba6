"""A form ends when the customer goes on with something else, or does not have what it asks for."""

import pytest


def rejected(form):
    return {"event": "action_execution_rejected", "name": form}


def test_a_form_ends_when_it_is_interrupted_twice(act):
    """The form ends, because a form that keeps asking prevents the customer from getting an answer."""
    read = {"intent": "ask_refund", "question": "ask_refund/delay", "form": "order_form"}
    first = act("action_refund", **read)
    assert (first.left_form, first.next) == (False, "order_form")
    answered = ["utter_ask_invoice/where", "utter_ask_order_number"]
    earlier = [{"event": "user"}, rejected("order_form")]
    second = act("action_refund", **read, earlier=earlier, answered=answered)
    assert (second.left_form, second.next) == (True, "action_listen")
    helped = act("action_refund", **read, earlier=earlier, answered=["utter_help/identity/why", "utter_ask_email"])
    assert not helped.left_form


def test_without_a_number_twice_another_way_is_offered(act):
    slots = {"requested_slot": "order_number"}
    read = {"intent": "follow_up", "question": "follow_up/dont_have", "form": "order_form", "slots": slots}
    first = act("action_follow_up", **read)
    assert (first.names, first.left_form) == (["utter_help/order_number/where"], True)
    read |= {"form": None, "slots": {"question": "where_is_parcel/where"}}
    again = act("action_follow_up", **read, answered=["utter_help/order_number/where"])
    assert again.names == ["utter_help/order_number/without"]


def test_a_customer_without_a_number_is_not_asked_for_it(act):
    result = act("action_look_up", intent="look_up", text="j'ai regardé partout, le numéro je ne l'ai pas")
    assert (result.names, result.next) == (["utter_help/order_number/without"], "action_listen")


@pytest.mark.parametrize(
    ("text", "left"), [("pas la reprise, l'achat, je veux le rendre", True), ("et le retour ?", False)]
)
def test_a_customer_without_a_trade_in_is_not_asked_for_its_number(act, text, left):
    read = {"intent": "ask_withdrawal", "question": "ask_withdrawal/how", "form": "tradein_form"}
    assert act("action_withdrawal", text=text, **read).left_form is left
