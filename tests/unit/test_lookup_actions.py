"""Topics that look up an order or a trade-in, with a real database."""

import json

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from actions import topics
from actions.lookup_base import OFFERING_LOOKUP
from shop.models import FailedLookup, Order, OrderLine, Shipment

CONTACTS = "utter_contact_support/contact"
INTENTS = {"action_parcel": "where_is_parcel", "action_withdrawal": "ask_withdrawal", "action_refund": "ask_refund"}


@pytest.fixture
def ask(act):
    """ask("where_is_parcel/when", slots={…}) runs the topic's action for a message with this question."""

    def run(question, **given):
        intent = topics.intent_of(question)
        return act(topics.action_of(question), intent=intent, question=question, **given)

    return run


def pair(entry):
    number = "tradein_number" if entry["kind"] == "tradein" else "order_number"
    return {number: entry["number"], "email": entry["email"]}


@pytest.mark.parametrize(
    ("question", "label", "reply"),
    [
        ("where", "pending", "utter_parcel_pending"),
        ("where", "validated", "utter_parcel_validated"),
        ("where", "shipped", "utter_parcel_shipped"),
        ("where", "cancelled", "utter_parcel_cancelled"),
        ("where", "delivered_recent", "utter_parcel_delivered"),
        ("when", "pending", "utter_parcel_when_pending"),
        ("when", "validated", "utter_parcel_when_validated"),
        ("when", "shipped", "utter_parcel_when_shipped"),
        ("when", "cancelled", "utter_parcel_when_cancelled"),
        ("when", "delivered_recent", "utter_parcel_when_delivered"),
        ("registered", "pending", "utter_parcel_pending"),
        ("why_cancelled", "cancelled", "utter_parcel_cancelled"),
        # « C'est bloqué depuis samedi »
        ("lost", "shipped", "utter_parcel_stuck_shipped"),
        ("lost", "validated", "utter_parcel_stuck_not_shipped"),
        ("lost", "delivered_recent", "utter_parcel_delivered"),
        # « Vous venez de dire pas expédiée »
        ("shipped", "validated", "utter_parcel_validated"),
        # The same answer for every state.
        ("not_delivered", "delivered_recent", "utter_where_is_parcel/not_delivered"),
        # « Ça veut dire quoi ? » about an order that was looked up.
        ("statuses", "pending", "utter_where_is_parcel/pending"),
        ("statuses", "validated", "utter_where_is_parcel/validated"),
        ("statuses", "shipped", "utter_where_is_parcel/shipped"),
        ("statuses", "cancelled", "utter_where_is_parcel/why_cancelled"),
        ("statuses", "delivered_recent", "utter_parcel_delivered"),
    ],
)
def test_where_a_parcel_is(shop, ask, question, label, reply):
    # « ça veut dire quoi ? », of a status that was just read
    answered = [f"utter_parcel_{label}"] if question == "statuses" else []
    result = ask(f"where_is_parcel/{question}", slots=pair(shop[label]), answered=answered)
    assert result.names == [reply]
    assert ("card" in result[0][1]["custom"]) == (
        question != "when" and reply.startswith("utter_parcel_") and "stuck" not in reply
    )


def test_an_order_of_known_state_is_named_and_so_is_how_to_follow_it(shop, ask):
    entry = shop["shipped"]
    values = ask("where_is_parcel/where", slots=pair(entry))[0][1]
    assert values["product"] == entry["product"]
    assert values["carrier"] == entry["carrier"]
    assert entry["tracking_number"] in values["tracking"]
    assert SOON not in values["tracking"]
    assert SOON in ask("where_is_parcel/where", slots=pair(shop["shipped_today"]))[0][1]["tracking"]


SOON = "quelques heures"


def test_a_number_in_a_question_about_a_status_means_that_order(shop, ask):
    entry = shop["pending"]
    given = {"order_number": entry["number"]}
    result = ask("where_is_parcel/pending", slots=pair(entry), entities=given)
    assert result.names == ["utter_parcel_pending"]
    result = ask("where_is_parcel/statuses", slots=pair(entry), entities=given)
    assert result.names == ["utter_parcel_pending"]
    # The e-mail came one message later, and the status has not been shown yet.
    assert ask("where_is_parcel/statuses", slots=pair(entry)).names == ["utter_parcel_pending"]


@pytest.mark.parametrize(
    ("question", "label", "reply"),
    [
        ("how", "shipped", "utter_tracking_of_order"),
        ("no_number", "pending", "utter_tracking_not_shipped"),
        ("not_working", "shipped_today", "utter_tracking_of_order"),
        ("carrier", "shipped", "utter_tracking_carrier"),
        ("carrier", "validated", "utter_tracking_not_shipped"),
        ("carrier", "cancelled", "utter_parcel_cancelled"),
    ],
)
def test_how_one_delivery_is_followed(shop, ask, question, label, reply):
    entry = shop[label]
    result = ask(f"track_delivery/{question}", slots=pair(entry))
    assert result.names == [reply]
    if entry["tracking_number"]:
        assert entry["tracking_number"] in result[0][1]["tracking"]


def test_a_shipment_without_tracking_number(shop, ask):
    Shipment.objects.filter(order__number=shop["shipped"]["number"]).update(tracking_number="")
    result = ask("where_is_parcel/where", slots=pair(shop["shipped"]))
    assert result.names == ["utter_parcel_shipped"]
    assert "n’a pas communiqué de numéro de suivi" in result[0][1]["tracking"]


@pytest.mark.parametrize("question", ["ask_withdrawal/how", "ask_withdrawal/credit", "ask_return_conditions/deadline"])
@pytest.mark.parametrize(
    ("label", "replies"),
    [
        ("pending", ["utter_withdrawal_not_shipped"]),
        ("shipped", ["utter_withdrawal_not_delivered"]),
        ("cancelled", ["utter_withdrawal_cancelled"]),
        ("delivered_recent", ["utter_withdrawal_open"]),
        ("delivered_old", ["utter_withdrawal_past"]),
        ("personalised", ["utter_withdrawal_excluded"]),
        ("credit_contract", ["utter_withdrawal_open_credit"]),
        ("refurbished", ["utter_withdrawal_open", "utter_return_refurbished"]),
    ],
)
def test_until_when_one_order_may_be_withdrawn_from(shop, ask, question, label, replies):
    assert ask(question, slots=pair(shop[label])).names == replies


def test_the_statement_to_copy_is_given_while_one_may_withdraw_and_else_why_not(shop, ask):
    for label, reply in (
        ("delivered_recent", "utter_withdrawal_statement"),
        ("shipped", "utter_withdrawal_statement"),
        ("delivered_old", "utter_withdrawal_past"),
        ("personalised", "utter_withdrawal_excluded"),
    ):
        assert ask("ask_withdrawal/form", slots=pair(shop[label])).names == [reply]


@pytest.mark.parametrize(
    ("question", "label", "replies"),
    [
        ("ask_invoice/where", "shipped", ["utter_invoice_available"]),
        ("ask_invoice/missing", "no_invoice", ["utter_invoice_missing"]),
        ("ask_return_conditions/too_late", "delivered_old", ["utter_withdrawal_past"]),
        ("contact_seller/who", "shipped", ["utter_seller_of_order"]),
        ("product_not_working/what_to_do", "shipped", ["utter_faulty_product_of_order"]),
        ("cancel_tradein/how", "not_shipped_tradein", ["utter_tradein_cancellable"]),
        ("cancel_tradein/shipped", "shipped_tradein", ["utter_tradein_shipped"]),
        # Answers that are the same for every order.
        ("ask_invoice/details", "shipped", ["utter_ask_invoice/details"]),
        ("ask_return_conditions/packaging", "shipped", ["utter_ask_return_conditions/packaging"]),
        ("contact_seller/no_answer", "shipped", ["utter_contact_seller/no_answer"]),
        ("product_not_working/repair", "shipped", ["utter_product_not_working/repair"]),
    ],
)
def test_other_topics(shop, ask, question, label, replies):
    assert ask(question, slots=pair(shop[label])).names == replies


@pytest.mark.parametrize("question", ["delay", "not_received", "want"])
def test_of_a_cancelled_order_no_delay_of_a_refund_is_claimed(shop, ask, question):
    result = ask(f"ask_refund/{question}", slots=pair(shop["cancelled"]))
    assert (result.names, result.slots["question"]) == (
        ["utter_ask_refund/cancelled_order"],
        "ask_refund/cancelled_order",
    )
    assert ask(f"ask_refund/{question}", slots=pair(shop["delivered_recent"])).names == [f"utter_ask_refund/{question}"]


def test_how_one_is_refunded_for_a_cancelled_order_speaks_of_no_return(shop, ask):
    assert ask("ask_refund/means", slots=pair(shop["cancelled"])).names == ["utter_cancelled_means"]


def test_without_number_the_facts_and_yes_starts_the_look_up(shop, ask):
    result = ask("where_is_parcel/where")
    assert result.names == ["utter_where_is_parcel/where"]
    assert (result.slots["offer"], result.slots["lookup_question"]) == ("look_up", "where_is_parcel/where")
    assert result.next == "action_listen"


def test_a_question_that_no_order_answers_offers_no_look_up_but_a_later_number_is_for_it(shop, ask):
    result = ask("ask_invoice/details")
    assert (result.slots["offer"], result.slots["lookup_question"]) == (None, "ask_invoice/details")


def test_a_number_in_the_message_begins_the_look_up_without_the_facts_first(shop, ask):
    result = ask("where_is_parcel/where", entities={"order_number": "PX48201937"})
    assert (result.names, result.next) == ([], "order_form")
    assert result.slots["lookup_question"] == "where_is_parcel/where"


def test_a_question_during_a_look_up_is_answered_and_the_look_up_keeps_its_own(shop, ask):
    slots = {"lookup_question": "where_is_parcel/where", "order_number": "PX48201937"}
    result = ask("ask_invoice/where", slots=slots, form="order_form")
    assert (result.names, result.next) == (["utter_ask_invoice/where"], "order_form")
    assert "lookup_question" not in result.slots


def test_a_change_of_mind_on_the_way_is_what_the_look_up_is_for_from_then_on(shop, ask):
    slots = {"lookup_question": "where_is_parcel/where"}
    result = ask("ask_invoice/where", text="en fait je veux ma facture", slots=slots, form="order_form")
    assert result.slots["lookup_question"] == "ask_invoice/where"


def test_of_two_numbers_both_orders_are_answered(shop, ask):
    first, second = shop["shipped"], shop["second_of_shipped"]
    result = ask("where_is_parcel/where", slots=pair(first), other_values={"order_number": [second["number"]]})
    assert [values["number"] for _, values in result] == [first["number"], second["number"]]


def test_of_two_numbers_one_that_is_somebody_elses_is_refused(shop, ask):
    stranger = shop["pending"]
    assert stranger["email"] != shop["shipped"]["email"]
    other = {"order_number": [stranger["number"]]}
    result = ask("where_is_parcel/where", slots=pair(shop["shipped"]), other_values=other)
    assert result.names == ["utter_parcel_shipped", "utter_no_match_order_form"]


def test_nothing_is_said_of_an_order_whose_email_is_wrong(shop, ask):
    entry = shop["shipped"]
    result = ask("where_is_parcel/where", slots={"order_number": entry["number"], "email": "x@example.com"})
    assert result.names == ["utter_no_match_order_form"]
    hidden = {
        value for key, value in entry.items() if isinstance(value, str) and key not in ("number", "label", "kind")
    }
    shown = json.dumps(result, default=str, ensure_ascii=False)
    assert not [value for value in hidden if value in shown]


def test_a_refused_pair_is_not_tried_again_by_itself(shop, ask):
    slots = {"order_number": "PX00000000", "email": "x@example.com"}
    refused = ask("where_is_parcel/where", slots=slots).slots
    failures = FailedLookup.objects.count()
    assert failures
    result = ask("ask_invoice/where", slots={**slots, **refused})
    assert (result.names, result.slots["offer"]) == (["utter_ask_invoice/where"], "look_up")
    assert FailedLookup.objects.count() == failures


def test_a_turn_that_is_run_again_counts_its_typo_once(shop, ask):
    for _ in range(6):  # the events of an aborted turn are lost, including `refused_lookup`
        result = ask("where_is_parcel/where", slots=pair(shop["shipped"]) | {"email": "x@example.com"}, message_id="7")
        assert result.names == ["utter_no_match_order_form"]
    result = ask("where_is_parcel/where", slots=pair(shop["shipped"]), message_id="8")
    assert result.names == ["utter_parcel_shipped"]


def test_looking_up_again_after_a_refusal_asks_for_both(shop, act):
    slots = {"order_number": "PX00000000", "email": "x@example.com", "refused_lookup": "PX00000000 x@example.com"}
    result = act("action_look_up", intent="look_up", slots=slots)
    assert (result.slots["order_number"], result.slots["email"], result.next) == (None, None, "order_form")


def test_the_same_refused_pair_given_again_is_refused_in_words_and_not_counted(shop, act):
    slots = {"order_number": "PX00000000", "email": "x@example.com", "refused_lookup": "PX00000000 x@example.com"}
    failures = FailedLookup.objects.count()
    result = act("action_look_up", intent="inform", entities={"email": "x@example.com"}, slots=slots)
    assert result.names == ["utter_no_match_order_form"]
    assert FailedLookup.objects.count() == failures


def test_digits_after_a_failed_trade_in_are_a_trade_ins(shop, act):
    entry = shop["not_shipped_tradein"]
    slots = {"tradein_number": "RP70112234", "email": entry["email"], "lookup_question": "cancel_tradein/how"}
    result = act("action_inform", intent="inform", entities={"order_number": entry["number"][2:]}, slots=slots)
    assert result.names == ["utter_tradein_cancellable"]


def test_my_order_is_an_order_whatever_was_spoken_of(shop, act):
    slots = {"lookup_question": "cancel_tradein/how"}
    assert act("action_look_up", text="regardez ma commande", intent="look_up", slots=slots).next == "order_form"
    assert act("action_look_up", text="regardez ma reprise", intent="look_up").next == "tradein_form"


def test_a_mixed_order_may_be_withdrawn_from_but_for_what_is_personalised(shop, ask):
    entry = shop["delivered_recent"]
    order = Order.objects.get(number=entry["number"])
    OrderLine.objects.create(order=order, product="Coque gravée", personalised=True)
    result = ask("ask_withdrawal/how", slots=pair(entry))
    assert result.names == ["utter_withdrawal_open", "utter_withdrawal_partly_excluded"]
    assert result[1][1]["excluded"] == "Coque gravée"
    statement = dict(ask("ask_withdrawal/form", slots=pair(entry)))["utter_withdrawal_statement"]
    assert "Coque gravée" not in statement["product"]


def test_the_statement_elides_before_the_sellers_name(shop, ask):
    statement = dict(ask("ask_withdrawal/form", slots=pair(shop["delivered_recent"])))["utter_withdrawal_statement"]
    assert statement["of_seller"] == "d’ImageMarket"


def test_an_order_that_is_shipped_without_a_shipment_says_what_is_known(shop, ask):
    entry = shop["shipped"]
    Shipment.objects.filter(order__number=entry["number"]).delete()
    for question in ("where_is_parcel/where", "where_is_parcel/when", "track_delivery/how", "track_delivery/carrier"):
        result = ask(question, slots=pair(entry))
        assert result.names == [f"utter_parcel_{'when_' * question.endswith('when')}shipped"]
        assert (result[0][1]["shipped_on"], result[0][1]["carrier"]) == (None, None)
        assert "n’a pas communiqué de numéro de suivi" in result[0][1]["tracking"]


def test_a_tracking_number_of_a_carrier_without_a_page_is_given_without_a_link(shop, ask):
    entry = shop["shipped"]
    Shipment.objects.filter(order__number=entry["number"]).update(carrier="Transports Martin")
    tracking = ask("where_is_parcel/where", slots=pair(entry))[0][1]["tracking"]
    assert entry["tracking_number"] in tracking
    assert "http" not in tracking


def test_too_many_failures_say_until_when_and_give_the_contacts(shop, ask):
    for attempt in range(5):
        ask("where_is_parcel/where", slots={"order_number": f"PX0000000{attempt}", "email": "x@example.com"})
    result = ask("where_is_parcel/where", slots=pair(shop["shipped"]))
    assert result.names[0] == "utter_progress_in_account", "what needs no order, and offers no look-up"
    assert result.names[1:] == ["utter_lookup_locked", CONTACTS]
    assert result[1][1]["until"].count("h") == 1


@pytest.fixture
def unavailable_database(shop, monkeypatch):
    """The demo's orders, whose database does not answer."""

    def fail(*args, **kwargs):
        raise OperationalError("the database is unavailable")

    with monkeypatch.context() as broken:
        broken.setattr(BaseDatabaseWrapper, "_cursor", fail)
        yield shop


@pytest.mark.parametrize("action", ["action_parcel", "action_withdrawal", "action_refund", "action_leave_request"])
def test_an_unavailable_database_is_reported_and_nothing_is_claimed(unavailable_database, act, action):
    slots = pair(unavailable_database["shipped"]) | {"handover_text": "Rappelez-moi"}
    result = act(action, intent=INTENTS.get(action, ""), slots=slots)
    assert result.names[-2:] == ["utter_shop_unavailable", CONTACTS]
    assert not any("utter_parcel_" in name or "utter_withdrawal_" in name for name in result.names)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("question", sorted(OFFERING_LOOKUP))
def test_while_orders_cannot_be_looked_up_no_look_up_is_offered(unavailable_database, ask, question, known):
    result = ask(question, slots=pair(unavailable_database["shipped"]) if known else {})
    assert result.names == ["utter_progress_in_account", "utter_shop_unavailable", CONTACTS]


@pytest.mark.parametrize("action", ["action_parcel", "action_look_up", "action_inform", "action_leave_message"])
def test_no_form_is_begun_that_cannot_work(unavailable_database, act, action):
    number = unavailable_database["shipped"]["number"]
    entities = {} if action == "action_leave_message" else {"order_number": number}
    result = act(action, intent=INTENTS.get(action, ""), entities=entities, slots=entities)
    assert result.next == "action_listen"
    assert result.names[-2:] == ["utter_shop_unavailable", CONTACTS]


def test_what_needs_no_order_is_answered_meanwhile(unavailable_database, ask):
    assert ask("where_is_parcel/lost").names == ["utter_where_is_parcel/lost"]
    assert ask("ask_refund/means").names == ["utter_ask_refund/means"]


def test_one_wrong_digit_is_put_right_and_looked_up(shop, act):
    entry = shop["shipped"]
    wrong = entry["number"].replace("0", "1")
    result = act("action_correct", text="non, c'est 0 pas 1", slots=pair(entry) | {"order_number": wrong})
    assert result.names == ["utter_parcel_shipped"]


@pytest.mark.parametrize(
    ("text", "asked_again"),
    [
        ("je me suis trompé de numéro", "order_number"),
        ("c'est pas le bon mail", "email"),
        ("non c'est faux", "order_number"),
    ],
)
def test_what_was_wrong_is_asked_for_again(shop, act, text, asked_again):
    result = act("action_correct", text=text, slots=pair(shop["shipped"]))
    assert result.slots[asked_again] is None
    assert result.next == "order_form"


def test_the_buttons_under_a_look_up_that_found_nothing(shop, act):
    assert act("action_change_number", slots=pair(shop["shipped"])).slots["order_number"] is None
    assert act("action_change_email", slots=pair(shop["shipped"])).slots["email"] is None


def test_a_number_of_another_kind_is_named_and_the_form_asks_again(act):
    for kind in ("phone", "date", "postcode", "price"):
        result = act("action_inform", intent="inform", form="order_form", entities={"other_number": kind})
        assert (result.names, result.next) == ([f"utter_other_number_{kind}"], "order_form")


def test_of_two_addresses_it_is_asked_which(act):
    slots = {"order_number": "PX48201937", "email": "a@example.com"}
    result = act("action_inform", intent="inform", slots=slots, other_values={"email": ["b@example.com"]})
    assert (result.names, result.slots["email"], result.next) == (["utter_which_email"], None, "order_form")


@pytest.mark.parametrize("text", ["et dans la première ?", "et l’autre ?", "et celle d'avant ?"])
def test_an_order_that_was_looked_at_before_is_meant(shop, act, text):
    first, second = shop["shipped"], shop["second_of_shipped"]
    earlier = [{"event": "user"}]
    earlier += [{"event": "slot", "name": "order_number", "value": one["number"]} for one in (first, second)]
    slots = pair(second) | {"lookup_question": "where_is_parcel/contents"}
    for action, read in (("action_parcel", "where_is_parcel/contents"), ("action_change_number", "")):
        result = act(action, text=text, intent="where_is_parcel", question=read, slots=slots, earlier=earlier)
        assert result[0][1]["number"] == first["number"]
    read = {"intent": "where_is_parcel", "question": "where_is_parcel/contents"}
    same = act("action_parcel", text="la première fois que je commande", **read, slots=slots, earlier=earlier)
    assert same[0][1]["number"] == second["number"]
    alone = act("action_change_number", text=text, slots=slots)
    assert (alone.slots["order_number"], alone.next) == (None, "order_form")


def test_a_number_alone_is_for_the_question_that_was_asked(shop, act):
    entry = shop["shipped"]
    slots = pair(entry) | {"lookup_question": "ask_invoice/where"}
    result = act("action_inform", intent="inform", slots=slots, entities={"order_number": entry["number"]})
    assert result.names == ["utter_invoice_available"]


def test_a_trade_ins_number_is_a_trade_ins_whatever_was_asked(shop, act):
    entry = shop["not_shipped_tradein"]
    slots = pair(entry) | {"lookup_question": "ask_invoice/where"}
    result = act("action_inform", intent="inform", slots=slots, entities={"tradein_number": entry["number"]})
    assert result.names == ["utter_tradein_state_cancellable"]


def test_an_email_after_a_question_about_the_account_starts_no_look_up(act):
    email = {"email": "a@example.com"}
    result = act("action_inform", intent="inform", entities=email, slots={"topic": "account"})
    assert (result.names, result.next) == (["utter_email_not_needed"], "action_listen")
    for slots in ({"topic": "parcel"}, {"topic": "account", "order_number": "PX48201937"}):
        assert act("action_inform", intent="inform", entities=email, slots=slots).names != result.names


def test_of_two_emails_none_is_looked_up(shop, ask):
    """« a@mail.fr ou b@mail.fr », or a second one on another line: whatever was asked, the bot asks which."""
    slots = pair(shop["shipped"])
    result = ask("where_is_parcel/where", slots=slots, other_values={"email": ["x@pirate.example"]})
    assert result.names == ["utter_which_email"]
    assert (result.slots["email"], result.next) == (None, "order_form")


@pytest.mark.parametrize(
    ("text", "following"), [("le numéro c'est", "action_look_up"), ("g pas le num", "action_ask_back")]
)
def test_a_number_that_is_announced_is_asked_for(act, text, following):
    assert act("action_inform", text=text, intent="inform", slots={"offer": "look_up"}).next == following
