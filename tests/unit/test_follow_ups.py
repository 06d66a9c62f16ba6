"""Follow-ups such as « c'est où ? » depend on the previous answer."""

import pytest

from actions.follow_ups import cell

INVOICE = "ask_invoice/where"


def follow_up(act, kind, **given):
    return act("action_follow_up", intent="follow_up", question=f"follow_up/{kind}", **given)


@pytest.mark.parametrize(
    ("kind", "asked", "before", "found"),
    [
        # The requested slot's row first, then the question's, the topic's, and the default.
        ("where", None, "ask_invoice/missing", "contact_seller/how"),
        ("where", None, "ask_invoice/details", "contact_seller/how"),
        ("where", None, INVOICE, "ask_invoice/where"),
        ("too_late", None, "ask_invoice/details", "utter_follow_up/invoice_late"),
        ("where", None, "heard_of/never", "utter_follow_up/where"),
        ("where", None, None, "utter_follow_up/where"),
        ("where", "ask_order_number", INVOICE, "utter_help/order_number/where"),
        ("no_answer", "ask_order_number", INVOICE, "contact_seller/no_answer"),
    ],
)
def test_the_most_exact_row_that_has_the_cell_counts(kind, asked, before, found):
    assert cell(kind, asked, before) == found


def test_a_follow_up_is_answered_as_the_question_that_it_means(act):
    result = follow_up(act, "not_there", slots={"question": INVOICE})
    assert (result.names, result.next, result.slots["asked_question"]) == ([], "action_invoice", "ask_invoice/missing")


def test_a_follow_up_is_about_the_subject_that_the_message_names(act):
    """« je reviens à la facture, je la vois pas », after the steps for a device"""
    slots = {"question": "unlock_account_device/how", "topic": "device_accounts"}
    result = follow_up(act, "not_there", slots=slots, refers_to=INVOICE)
    assert (result.next, result.slots["asked_question"]) == ("action_invoice", "ask_invoice/missing")
    assert result.slots["topic"] == "invoice"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("ok, et je fais ça comment ?", "ask_withdrawal/how"), ("comment je le saurai ?", "contact_support/contact")],
)
def test_after_an_aside_that_no_fact_answers_the_matter_comes_back(act, text, meant):
    earlier = [
        {"event": "user", "text": "et le crédit ?", "parse_data": {"question": "ask_return_conditions/deadline"}}
    ]
    result = follow_up(act, "how", slots={"question": "out_of_scope/shop"}, earlier=earlier, text=text)
    assert result.slots["asked_question"] == meant


def test_a_follow_up_may_mean_what_is_out_of_scope(act):
    result = follow_up(act, "who_pays", slots={"question": "where_is_parcel/when"})
    assert (result.next, result.slots["asked_question"]) == ("action_out_of_scope", "out_of_scope/shop")
    assert act(result.next, intent="follow_up", slots=result.slots).names == ["utter_out_of_scope/shop"]


def test_a_follow_up_may_have_a_reply_of_its_own(act):
    assert follow_up(act, "why", slots={"question": "report_damaged_parcel/what_to_do"}).names == [
        "utter_follow_up/slip_why"
    ]


@pytest.mark.parametrize("kind", ["sure", "other_case"])
def test_the_answer_is_repeated_after_a_lead_in(act, kind):
    result = follow_up(act, kind, slots={"question": "ask_refund/means"}, text="c'est sûr aussi pour un autre ?")
    assert result.names == ["utter_ask_refund/means"]
    assert result[0][1]["lead"] == f"utter_lead/{kind}"


def test_what_is_not_known_is_not_confirmed_with_a_yes(act):
    result = follow_up(act, "sure", slots={"question": "ask_return_conditions/who_pays"})
    assert result.names == ["utter_follow_up/unknown"]


def test_after_an_orders_answer_a_follow_up_is_about_that_order(act):
    slots = {"question": "where_is_parcel/where"}
    assert follow_up(act, "why", slots=slots).names == ["utter_help/identity/why"]
    shown = follow_up(act, "why", slots=slots, answered=["utter_parcel_pending"])
    assert shown.names == ["utter_follow_up/parcel_why"]


def test_a_second_follow_up_is_still_about_that_order(act):
    shown = {"event": "bot", "metadata": {"utter_action": "utter_parcel_pending"}}
    before = {"earlier": [{"event": "user"}, shown, {"event": "user"}], "answered": ["utter_follow_up/parcel_why"]}
    result = follow_up(act, "sure", slots={"question": "where_is_parcel/where"}, **before)
    assert result.names == ["utter_follow_up/record_sure"]


def test_in_a_form_its_request_comes_before_the_previous_answer(act):
    slots = {"question": "where_is_parcel/where", "requested_slot": "order_number"}
    asked = {"form": "order_form", "answered": ["utter_parcel_pending"]}
    assert follow_up(act, "more", slots=slots, **asked).names == ["utter_help/order_number/where"]


def test_in_a_request_the_reason_for_the_address_is_given(act):
    slots = {"requested_slot": "email", "question": INVOICE}
    result = follow_up(act, "why", form="handover_form", slots=slots, answered=["utter_ask_handover_form_email"])
    assert (result.names, result.left_form) == (["utter_help/request/email"], False)


def test_a_repeated_contacts_answer_says_whether_the_line_is_open(act):
    result = follow_up(act, "sure", slots={"question": "contact_support/contact"})
    assert result.names == ["utter_contact_support/contact"]
    assert "la ligne" in result[0][1]["line"]


def test_more_is_what_the_answer_keeps_behind_its_button_and_else_the_table(act):
    assert follow_up(act, "more", slots={"question": INVOICE}).names == [f"utter_more/{INVOICE}"]
    assert follow_up(act, "more", slots={"question": "ask_refund/who"}).names == ["utter_follow_up/more"]


def test_how_long_and_what_are_follow_ups_of_other_intents(act):
    slots = {"question": "ask_refund/who"}
    assert act("action_follow_up", intent="ask_duration", slots=slots).slots["asked_question"] == "ask_refund/delay"
    assert act("action_follow_up", intent="clarify", slots=slots).slots["asked_question"] == "ask_refund/means"


@pytest.mark.parametrize(
    ("form", "slot", "kind", "reply", "left"),
    [
        ("order_form", "order_number", "where", "utter_help/order_number/where", False),
        ("tradein_form", "tradein_number", "dont_have", "utter_help/tradein_number/where", True),
        ("order_form", "email", "why", "utter_help/identity/why", False),
        ("order_form", "email", "refuse", "utter_help/identity/refuse", True),
        ("damage_form", "slip_noted", "what", "utter_help/slip/what", False),
    ],
)
def test_in_a_form_help_is_given_and_only_a_refusal_ends_it(act, form, slot, kind, reply, left):
    slots = {"requested_slot": slot, "question": "report_damaged_parcel/what_to_do"}
    result = follow_up(act, kind, form=form, slots=slots)
    assert (result.names, result.left_form, result.next) == ([reply], left, "action_listen" if left else form)


def test_what_somebody_else_said_is_not_confirmed(act):
    slots = {"question": "ask_withdrawal/refused_parcel"}
    said = follow_up(act, "sure", slots=slots, text="pourtant le livreur m'a dit que c'était automatique")
    assert said[0][1]["lead"] == "utter_lead/contradicted"
    assert follow_up(act, "sure", slots=slots, text="vous êtes sûr ?")[0][1]["lead"] == "utter_lead/sure"


def test_a_damage_that_was_noted_too_late_ends_the_form(act):
    slots = {"requested_slot": "slip_noted", "question": "report_damaged_parcel/what_to_do"}
    result = follow_up(act, "too_late", form="damage_form", slots=slots)
    assert (result.left_form, result.slots["asked_question"]) == (True, "report_damaged_parcel/no_slip")


def test_a_message_during_a_request_keeps_the_previous_context(act):
    slots = {"requested_slot": "email", "question": INVOICE}
    result = follow_up(act, "not_there", form="handover_form", slots=slots)
    assert (result.slots["asked_question"], result.left_form) == ("ask_invoice/missing", False)


def test_what_was_offered_with_the_answer_before_still_stands(act):
    result = follow_up(act, "sure", slots={"question": "where_is_parcel/where", "offer": "look_up"})
    assert result.slots["offer"] == "look_up"


def test_of_nothing_the_likeliest_question_is_answered(act):
    result = follow_up(act, "where", ranking=[("follow_up/where", 0.5), ("out_of_scope/shop", 0.2), (INVOICE, 0.1)])
    assert (result.next, result.slots["asked_question"]) == ("action_invoice", INVOICE)


def test_of_nothing_and_nothing_likely_it_is_asked_of_what(act):
    unlikely = [("follow_up/where", 0.9), (INVOICE, 0.02)]
    assert follow_up(act, "where", ranking=unlikely).names == ["utter_follow_up/where"]
    assert act("action_follow_up", intent="ask_duration").names == ["utter_follow_up/how_long_of_what"]


def test_the_reply_does_not_reveal_which_of_number_and_email_is_wrong(act):
    slots = {"question": "where_is_parcel/where"}
    after = {"answered": ["utter_no_match_order_form"], "slots": slots}
    result = act("action_follow_up", intent="follow_up", question="follow_up/which", **after)
    assert result.names == ["utter_help/no_match/which"]
    assert act("action_follow_up", intent="follow_up", question="follow_up/which", slots=slots).names != result.names


def test_a_wish_to_inform_the_team_leaves_a_request(act):
    slots = {"question": "contact_support/phone"}
    assert (
        act("action_follow_up", intent="follow_up", question="follow_up/do_it", slots=slots).next
        == "action_leave_message"
    )


def test_a_follow_up_after_a_question_of_the_same_message_is_about_its_answer(act):
    read = {"intent": "create_account", "question": "create_account/how", "further_questions": ["follow_up/must_i"]}
    first = act("action_facts", **read)
    assert (first.next, first.slots["question"]) == ("action_follow_up", "create_account/how")
    then = act("action_follow_up", slots=first.slots, replied=first.names, **read)
    assert (then.names, then.slots["asked_question"]) == ([], "create_account/needed")


def test_a_follow_up_that_says_the_same_as_the_answer_is_left_out(act):
    read = {"intent": "ask_invoice", "question": "ask_invoice/where", "further_questions": ["follow_up/where"]}
    first = act("action_invoice", **read)
    then = act("action_follow_up", slots=first.slots, replied=first.names, **read)
    assert (then.names, then.slots["asked_question"]) == ([], None)


@pytest.mark.parametrize(
    ("before", "text", "reply"),
    [
        ("where_is_parcel/incomplete", "ok je lui écris quoi", "utter_template/where_is_parcel/incomplete"),
        ("product_not_working/what_to_do", "jecris koi au vendeur", "utter_template/product_not_working"),
        (
            "exercise_data_rights/erase",
            "il faut que je mette quoi ?",
            "utter_template/exercise_data_rights",
        ),
    ],
)
def test_a_sentence_to_write_is_about_the_matter(act, before, text, reply):
    read = {"intent": "contact_seller", "question": "contact_seller/how", "text": text}
    result = act("action_seller", **read, slots={"question": before})
    assert result.slots["asked_question"] == "follow_up/template"
    assert act("action_follow_up", **read, slots=result.slots | {"question": before}).names == [reply]


def test_the_way_to_write_comes_between_the_matter_and_the_sentence(act):
    earlier = [{"event": "user", "text": "…", "parse_data": {"question": "where_is_parcel/incomplete"}}]
    read = {"intent": "contact_seller", "question": "contact_seller/how", "text": "et je leur écris quoi"}
    result = act("action_seller", **read, slots={"question": "contact_seller/how"}, earlier=earlier)
    assert result.slots["asked_question"] == "follow_up/template"


@pytest.mark.parametrize(
    "text",
    [
        "donne la phrase pour le vendeur",
        "JE VEUX LA PHRASE À ÉCRIRE",
        "écris-le moi, le message",
        "je demande quoi au vendeur ?",
    ],
)
def test_who_asks_for_the_words_gets_them_with_the_number_of_the_order(act, text):
    slots = {"question": "where_is_parcel/not_delivered", "order_number": "PX48214092", "email": "a@example.com"}
    read = {"intent": "contact_seller", "question": "contact_seller/how", "ranking": [("contact_seller/how", 0.5)]}
    assert act("action_seller", text=text, slots=slots, **read).slots["asked_question"] == "follow_up/template"
    passed_on = slots | {"asked_question": "follow_up/template"}
    said = act("action_follow_up", text=text, slots=passed_on, **read)
    assert said.names == ["utter_template/where_is_parcel/not_delivered"]
    assert said[0][1]["number"] == "PX48214092"


def test_a_missing_part_has_other_words_than_a_wrong_product(act):
    slots = {"question": "where_is_parcel/incomplete", "asked_question": "follow_up/template"}
    earlier = [{"event": "user", "text": "il manque la manette"}]
    said = act("action_follow_up", text="j'écris quoi ?", slots=slots, earlier=earlier)
    assert said.names == ["utter_template/where_is_parcel/missing"]


def test_what_is_written_on_a_page_is_no_request_for_words(act):
    slots = {"question": "where_is_parcel/shipped"}
    read = {"intent": "track_delivery", "question": "track_delivery/shows", "ranking": [("track_delivery/shows", 0.9)]}
    assert act("action_tracking", text="il y a marqué quoi sur le suivi ?", slots=slots, **read).names == [
        "utter_track_delivery/shows"
    ]


def test_what_to_write_for_a_withdrawal_is_its_own_question(act):
    read = {"intent": "ask_withdrawal", "question": "ask_withdrawal/form"}
    for before, text in (
        ("ask_withdrawal/how", "j'écris quoi ?"),
        ("ask_invoice/where", "je mets quoi pour me rétracter ?"),
    ):
        assert act("action_withdrawal", **read, text=text, slots={"question": before}).names == [
            "utter_ask_withdrawal/form"
        ]


def test_after_the_way_to_the_seller_a_withdrawal_has_its_own_sentence(act):
    earlier = [{"event": "user", "text": "…", "parse_data": {"question": "ask_withdrawal/how"}}]
    slots = {"question": "contact_seller/how"}
    said = act("action_follow_up", intent="follow_up", question="follow_up/template", slots=slots, earlier=earlier)
    assert said.names == ["utter_follow_up/withdrawal_template"]


def test_who_noted_nothing_gets_no_sentence_about_a_note(act):
    slots = {"question": "report_damaged_parcel/no_slip", "slip_noted": False}
    said = act("action_follow_up", intent="follow_up", question="follow_up/template", slots=slots)
    assert said.names == ["utter_damage_not_noted"]


@pytest.mark.parametrize(
    "text", ["ça veut dire quoi validée", "je mets quoi comme thème", "vous servez à quoi, je veux vous écrire à vous"]
)
def test_another_question_about_writing_gets_no_template(act, text):
    read = {"intent": "contact_seller", "question": "contact_seller/theme", "text": text}
    assert act("action_seller", **read, slots={"question": "product_not_working/what_to_do"}).next == "action_listen"


def test_a_silent_seller_is_no_other_case(act):
    read = {"intent": "follow_up", "question": "follow_up/what_if_not", "ranking": [("follow_up/what_if_not", 0.9)]}
    result = act(
        "action_follow_up",
        text="et s'il ne me répond pas ?",
        slots={"question": "ask_return_conditions/any_seller"},
        **read,
    )
    assert result.slots["asked_question"] == "contact_seller/no_answer"


def test_what_the_bot_did_not_answer_is_asked_again(act):
    ranking = [("follow_up/no_answer", 0.4), ("ask_invoice/vat", 0.3)]
    read = {"intent": "follow_up", "question": "follow_up/no_answer", "ranking": ranking}
    result = act(
        "action_follow_up", text="et pour la TVA vous avez pas répondu", slots={"question": "out_of_scope/shop"}, **read
    )
    assert result.slots["asked_question"] == "ask_invoice/vat"


def test_the_seller_s_button_is_looked_for_where_it_is(act):
    read = {"intent": "follow_up", "question": "follow_up/not_there", "ranking": [("follow_up/not_there", 0.9)]}
    slots = {"question": "track_delivery/how"}
    assert act("action_follow_up", text="je trouve pas contacter le vendeur", slots=slots, **read).names == [
        "utter_follow_up/seller_button"
    ]
