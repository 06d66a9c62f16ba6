"""After some topics, the same words ask another question."""

import pytest

from actions import follow_ups, responses, topics
from actions.reinterpretation import included, remembered, table
from actions.word_rules import RULES

PRICE = "out_of_scope/tradein_price"
DELAY = "ask_refund/delay"


def asked(act, before, **given):
    read = {"intent": "ask_refund", "question": DELAY, "text": "et l'argent, c'est pour quand ?"}
    return act("action_refund", **read | given, slots={"question": before})


@pytest.mark.parametrize("before", [PRICE, "cancel_tradein/how", "tradein_data_privacy/erased"])
def test_money_after_a_trade_in_is_its_price(act, before):
    result = asked(act, before)
    assert (result.names, result.next, result.slots["asked_question"]) == ([], "action_out_of_scope", PRICE)


@pytest.mark.parametrize(
    "given",
    [
        {"text": "et le remboursement de ma commande ?"},
        {"entities": {"order_number": "PX48201937"}},
        {"entities": {"question": "delay"}},
    ],
)
def test_an_order_or_a_button_prevents_reinterpretation(act, given):
    assert asked(act, PRICE, **given).next != "action_out_of_scope"


@pytest.mark.parametrize(
    "text", ["faut que j'enlève quelque chose avant ?", "je dois enlever un truc avant de le renvoyer ?"]
)
def test_what_to_do_before_a_return_is_not_about_a_trade_in(act, text):
    read = {"intent": "tradein_data_privacy", "question": "tradein_data_privacy/before", "text": text}
    result = act("action_facts", **read, slots={"question": "ask_withdrawal/how"})
    assert result.slots["asked_question"] == "ask_return_conditions/refurbished"


def test_after_another_topic_it_means_what_it_says(act):
    assert asked(act, "ask_withdrawal/how").names == [f"utter_{DELAY}"]


@pytest.mark.parametrize("asked", ["phone", "price", "hours", "wait", "which"])
def test_a_number_after_someone_in_danger_is_the_3114(act, asked):
    slots = {"question": "distress/danger"}
    result = act("action_support", intent="contact_support", question=f"contact_support/{asked}", slots=slots)
    assert result.next == "action_distress"
    assert act("action_distress", intent="contact_support", slots=result.slots).names == ["utter_danger"]


@pytest.mark.parametrize("earlier", [[], [{"event": "slot", "name": "topic", "value": "tradein_privacy"}]])
def test_after_the_steps_for_an_account_a_dead_device_needs_the_other_steps(act, earlier):
    read = {"intent": "product_not_working", "question": "product_not_working/what_to_do"}
    slots = {"question": "unlock_account_device/how", "device_family": "apple"}
    result = act("action_faulty_product", text="il s'allume plus en fait", slots=slots, earlier=earlier, **read)
    assert result.slots["asked_question"] == "unlock_account_device/how"


def test_a_further_question_is_reinterpreted_after_the_first_and_asked_once(act):
    read = {
        "intent": "ask_return_conditions",
        "question": "ask_return_conditions/refurbished",
        "text": "je fais quoi ?",
    }
    result = act("action_return_conditions", **read, further_questions=["tradein_data_privacy/before"])
    assert (result.names, result.next) == (["utter_ask_return_conditions/refurbished"], "action_listen")


def test_further_questions_are_reinterpreted_too_and_none_is_lost(act):
    further = ["contact_support/phone"]
    result = asked(act, PRICE, further_questions=further)
    assert (result.slots["asked_question"], result.slots["further_questions"]) == (PRICE, further)
    then = act("action_out_of_scope", slots=result.slots)
    assert (then.names[0], then.slots["asked_question"]) == (f"utter_{PRICE}", "contact_support/phone")
    read = {"intent": "contact_support", "question": "contact_support/hours", "further_questions": [DELAY]}
    assert act("action_support", slots={"question": PRICE}, **read).slots["asked_question"] == PRICE


@pytest.mark.parametrize("text", ["annuler mes commandes", "annuler le casque que j'ai commandé", "et ma livraison ?"])
def test_a_message_that_names_an_order_is_about_an_order(act, text):
    assert asked(act, PRICE, text=text).next != "action_out_of_scope"


def test_each_cell_leads_from_a_question_to_a_question():
    known = {*responses.titles(), PRICE, "distress/danger"} | {
        f"follow_up/{kind}" for kind in follow_ups.table()["default"]
    }
    for before, row in table().items():
        assert before in known | set(topics.TOPIC_KEYS)
        assert {*row, *row.values()} <= known, f"unknown after {before}: { ({*row, *row.values()} - known) }"
    for question, answered in included().items():
        assert {question, *answered} <= known
    for rule in RULES:
        named = {*rule.before, *rule.read_as, rule.meant or PRICE}
        assert named <= known | set(topics.TOPIC_KEYS) | {"follow_up", "clarify", "ask_duration"}


@pytest.mark.parametrize(
    ("questions", "answered"),
    [
        (["contact_support/email", "exercise_data_rights/how"], ["exercise_data_rights/how"]),
        (["contact_support/phone", "contact_support/hours"], ["contact_support/phone"]),
        (["contact_support/hours", "contact_support/phone"], ["contact_support/phone"]),
        (["contact_support/hours", "contact_support/post"], ["contact_support/hours", "contact_support/post"]),
    ],
)
def test_one_answer_where_two_would_say_the_same(act, questions, answered):
    first, *further = questions
    read = {"intent": first.partition("/")[0], "question": first, "further_questions": further}
    result = act("action_support", **read)
    while result.next in {"action_support", "action_facts"} and not result.names:
        result = act(result.next, slots=result.slots, **read)
    assert [
        result.slots["question"],
        *([result.slots["asked_question"]] if result.next != "action_listen" else []),
    ] == answered


def test_an_order_number_ends_the_trade_in(act):
    read = {"intent": "cancel_tradein", "question": "cancel_tradein/how"}
    said = {"text": "laissez tomber la reprise. mon colis PX48203115", "entities": {"order_number": "PX48203115"}}
    result = act("action_tradein_cancellation", **read, **said, slots={"question": PRICE})
    assert result.slots["asked_question"] == "where_is_parcel/where"


def test_nothing_received_once_the_return_is_dated_is_about_the_refund(act):
    read = {"intent": "where_is_parcel", "question": "where_is_parcel/where"}
    slots = {"question": "contact_seller/how", "said_days": {"returned": "2026-11-09"}}
    result = act("action_parcel", **read, text="ok et si le 9 décembre j'ai toujours rien ?", slots=slots)
    assert result.slots["asked_question"] == "ask_refund/not_received"


def test_money_after_the_steps_for_a_traded_in_device_is_the_trade_in_s(act):
    earlier = [{"event": "slot", "name": "topic", "value": "tradein_privacy"}]
    result = asked(act, "unlock_account_device/how", earlier=earlier)
    assert result.slots["asked_question"] == PRICE
    assert asked(act, "unlock_account_device/how").names == [f"utter_{DELAY}"]


def test_one_bubble_says_what_two_questions_share(act):
    read = {"intent": "contact_seller", "question": "contact_seller/who", "further_questions": ["contact_seller/how"]}
    result = act("action_seller", **read, text="c'est un vendeur partenaire, je le vois où ?")
    assert (result.names, result.next) == (["utter_contact_seller/who"], "action_listen")


@pytest.mark.parametrize(
    ("questions", "answered", "before"),
    [
        (["ask_refund/lost_parcel", "where_is_parcel/lost"], ["ask_refund/lost_parcel"], ""),
        (["where_is_parcel/validated", "where_is_parcel/shipped"], ["where_is_parcel/statuses"], ""),
        (["contact_support/phone", "contact_seller/how"], ["contact_support/phone"], "contact_seller/how"),
        (["ask_refund/delay", "ask_refund/means"], ["ask_refund/delay"], ""),
        (["ask_refund/means", "ask_refund/delay"], ["ask_refund/means"], ""),
    ],
)
def test_what_another_answer_says_or_what_was_just_said_gets_no_second_bubble(act, questions, answered, before):
    first, *further = questions
    action = topics.action_of(answered[0])
    result = act(action, intent=topics.intent_of(first), question=first, further_questions=further,
                 slots={"question": before})  # fmt: skip
    assert result.slots.get("asked_question") in (None, answered[0])
    assert not result.slots.get("further_questions")


@pytest.mark.parametrize(
    ("text", "before", "answered"),
    [
        ("et si demain y a toujours rien ?", "where_is_parcel/when", "where_is_parcel/lost"),
        ("et il arrive quand ?", "where_is_parcel/where", None),
        ("et si je suis pas là quand il passe ?", "where_is_parcel/when", None),
        ("et si demain y a toujours rien ?", "ask_invoice/where", None),
    ],
)
def test_a_wait_that_may_go_on_is_no_question_about_the_day(act, text, before, answered):
    read = {"intent": "where_is_parcel", "question": "where_is_parcel/when", "text": text}
    assert act("action_parcel", **read, slots={"question": before}).slots.get("question") in (
        answered or "where_is_parcel/when",
    )


def test_money_after_a_payment_is_no_refund_of_a_return(act):
    earlier = [{"event": "user", "text": "mon paiement est refusé"}]
    result = asked(act, "out_of_scope/shop", text="je récupère mon argent quand ?", earlier=earlier)
    assert result.slots["asked_question"] == "out_of_scope/shop"


def test_of_a_personalised_product_the_days_change_nothing(act):
    excluded = "ask_return_conditions/personalised"
    read = {"intent": "ask_return_conditions", "question": "ask_return_conditions/deadline"}
    act_on = {"text": "même si je l'ai que depuis 3 jours ?", "slots": {"question": excluded}}
    assert act("action_return_conditions", **read, **act_on).slots["question"] == excluded


def test_the_tracking_number_alone_is_no_question_about_two_numbers(act):
    read = {"intent": "where_is_parcel", "question": "where_is_parcel/numbers"}
    suivi = act("action_parcel", **read, text="le num de suivi c'est quoi déjà", slots={"question": ""})
    assert suivi.slots["asked_question"] == "track_delivery/how"
    both = act("action_parcel", **read, text="le numéro de suivi et de commande c'est pareil ?", slots={"question": ""})
    assert both.names == ["utter_where_is_parcel/numbers"]


def test_two_numbers_compared_are_no_tracking(act):
    read = {"intent": "track_delivery", "question": "track_delivery/how"}
    text = "le numéro de commande et le numéro de suivi c'est le même ?"
    asked_next = act("action_tracking", **read, text=text, slots={"question": ""}).slots["asked_question"]
    assert asked_next == "where_is_parcel/numbers"


@pytest.mark.parametrize("earlier", remembered())
def test_remembered_yml_names_questions_that_the_bot_answers(earlier):
    assert topics.is_answered(earlier)
    assert all(topics.is_answered(question) for question in [*remembered()[earlier], *remembered()[earlier].values()])


def test_what_was_established_counts_after_other_questions_too(act):
    read = {"intent": "reset_password", "question": "reset_password/how"}
    slots = {"answered_questions": ["reset_password/old_address", "contact_support/hours"]}
    assert act("action_facts", **read, text="et mon mot de passe ?", slots=slots).names == [
        "utter_reset_password/old_address"
    ]
    assert act("action_facts", **read, text="et mon mot de passe ?").names == ["utter_reset_password/how"]
    other = act("action_facts", **read, text="et celui de l'autre compte ?", slots=slots)
    assert other.names == ["utter_reset_password/how"]


def test_the_last_answered_questions_are_remembered_once_each(act):
    slots = {"answered_questions": [DELAY, "ask_invoice/where"]}
    result = act("action_refund", intent="ask_refund", question=DELAY, slots=slots)
    assert result.slots["answered_questions"] == ["ask_invoice/where", DELAY]


@pytest.mark.parametrize(
    ("read_as", "before", "text", "meant"),
    [
        ("contact_seller/no_answer", "", "il m'a répondu que c'est ma faute", "contact_seller/refuses"),
        ("contact_seller/no_answer", "", "il dit que le suivi fait foi", "contact_seller/refuses"),
        ("contact_seller/no_answer", "", "il m'a rien répondu", "contact_seller/no_answer"),
        ("contact_seller/no_answer", "", "elle lui a écrit le 22", "contact_seller/no_answer"),
        ("cancel_order/how", DELAY, "j'ai annulé avant l'envoi", "ask_refund/cancelled_order"),
        ("cancel_order/how", DELAY, "je veux annuler alors", "cancel_order/how"),
        ("cancel_order/not_shipped", "where_is_parcel/where", "donc c'est pas encore parti ?", "where_is_parcel/where"),
        ("contact_support/phone", "", "je peux pas téléphoner je suis sourde", "contact_support/email"),
        (
            "ask_withdrawal/how",
            "",
            "la coque avec le nom de mon fils est trop petite",
            "ask_return_conditions/personalised",
        ),
        ("contact_support/hours", "", "c'est ouvert le lundi de Pâques ?", "contact_support/holiday"),
        ("ask_withdrawal/how", "", "je l'ai porté une fois, c'est grave ?", "ask_withdrawal/how"),
        ("ask_withdrawal/how", "", "payé à crédit le 23, je peux revenir en arrière ?", "ask_withdrawal/credit"),
        ("ask_withdrawal/credit", "", "l'organisme de crédit je le préviens ?", "out_of_scope/shop"),
        ("cancel_order/not_shipped", "", "c'est pas parti, annulez", "cancel_order/not_shipped"),
        ("ask_refund/who", DELAY, "et qui paie l'envoi", "ask_return_conditions/who_pays"),
        ("ask_return_conditions/deadline", "", "et si le crédit est refusé ?", "out_of_scope/shop"),
        (
            "ask_return_conditions/refused",
            "",
            "et s'il refuse l'échange, puis-je être remboursé ?",
            "ask_refund/want",
        ),
        (DELAY, "", "et quand le suivi n'avance plus ?", "where_is_parcel/lost"),
        ("tradein_device_not_listed/start", "", "il est où votre labo ?", "tradein_data_privacy/erased"),
        ("ask_refund/return_lost", "", "il est jamais arrivé, j'ai rien à renvoyer", "ask_refund/lost_parcel"),
    ],
)
def test_words_change_what_a_question_means(act, read_as, before, text, meant):
    action = topics.action_of(read_as)
    result = act(action, intent=topics.intent_of(read_as), question=read_as, text=text, slots={"question": before})
    assert meant in (result.slots.get("asked_question"), result.slots.get("question"))


def test_a_device_that_was_sent_cannot_be_cancelled_as_if_it_were_here(act):
    read = {"intent": "cancel_tradein", "question": "cancel_tradein/how", "text": "je peux encore annuler ?"}
    earlier = [{"event": "user", "text": "j'ai envoyé mon iphone pour la reprise il y a 15 jours"}]
    result = act("action_tradein_cancellation", **read, earlier=earlier)
    assert result.slots["question"] == "cancel_tradein/shipped"


SHOP, ADDRESS = "out_of_scope/shop", "update_personal_info/order_address"
SELLER, RETURN, UNLOCK = "contact_seller", "ask_return_conditions", "unlock_account_device"
LISTED = "tradein_device_not_listed"


@pytest.mark.parametrize(
    ("read_as", "before", "text", "meant"),
    [
        (f"{SELLER}/delay", ADDRESS, "et si il répond pas avant l'envoi ?", f"{SELLER}/no_answer"),
        (f"{SELLER}/refuses", "", "non LE VENDEUR il m'a toujours pas répondu", f"{SELLER}/no_answer"),
        (f"{SELLER}/refuses", "", "il m'a pas répondu sur le fond, il refuse", f"{SELLER}/refuses"),
        (f"{RETURN}/refurbished", "", "un reconditionné que j'ai déjà utilisé", f"{RETURN}/used"),
        (f"{UNLOCK}/how", "", "il demande le compte de quelqu'un d'autre", f"{UNLOCK}/previous_owner"),
        (f"{UNLOCK}/how", "", "je veux retirer mon compte", f"{UNLOCK}/how"),
        (f"{RETURN}/opened", f"{RETURN}/deadline", "même si je ne l'ai pas ouvert ?", f"{RETURN}/deadline"),
        (f"{SELLER}/who", "cancel_order/how", "mais c'est un truc que je vous ai vendu", "cancel_tradein/how"),
        ("ask_invoice/missing", "ask_invoice/where", "pas la facture, l'avis de passage", "where_is_parcel/notice"),
        ("ask_duration", f"{RETURN}/faulty", "jusqu'à quand exactement ?", f"{RETURN}/deadline"),
        ("where_is_parcel/lost", "tradein_data_privacy/erased", "je parle s'il est perdu en route", PRICE),
        (PRICE, PRICE, "c'est pas une reprise, vous en vendez ?", SHOP),
        (PRICE, "", "il est où votre labo ?", "tradein_data_privacy/erased"),
        (PRICE, "", "et s'il n'arrive jamais au labo ?", PRICE),
        (f"{RETURN}/deadline", "", "les 30 jours, ça part de quand ?", "ask_refund/count_from"),
        (f"{RETURN}/deadline", "", "j'ai 14 jours ou 30 jours, ça part de quand ?", f"{RETURN}/deadline"),
        (ADDRESS, ADDRESS, "le numéro pour aller plus vite ?", "contact_support/phone"),
        ("cancel_order/shipped", ADDRESS, "c'est parti il y a dix minutes, trop tard ?", ADDRESS),
        (f"{SELLER}/how", f"{SELLER}/for_me", "et sa réponse, je la verrai où ?", f"{SELLER}/reply_where"),
        (f"{LISTED}/how", "", "vous reprenez les aspirateurs ?", f"{LISTED}/start"),
        ("contact_support/post", f"{LISTED}/start", "et je l'envoie à quelle adresse ?", PRICE),
        (f"{LISTED}/how", "", "vous reprenez un modèle qui n'est pas dans la liste ?", f"{LISTED}/how"),
        ("where_is_parcel/not_delivered", PRICE, "le suivi dit qu'il est livré chez vous", PRICE),
        ("ask_refund/not_received", f"{SELLER}/no_answer", "et mes 14 jours ils passent", f"{RETURN}/deadline"),
        (
            "ask_invoice/where",
            "exercise_data_rights/erase",
            "et ma facture après ?",
            "exercise_data_rights/consequences",
        ),
        ("ask_invoice/vat", "ask_invoice/details", "demande de facture, c'est où ?", "ask_invoice/missing"),
        (f"{RETURN}/used", "", "j'ai fait deux cafés avec, ses grave", f"{RETURN}/used"),
    ],
)
def test_words_override_the_classification(act, read_as, before, text, meant):
    intent = topics.intent_of(read_as)
    action = {
        "follow_up": "action_follow_up",
        "ask_duration": "action_follow_up",
        "out_of_scope": "action_out_of_scope",
    }
    slots = {"question": before or None}
    result = act(
        action.get(intent) or topics.action_of(read_as), intent=intent, question=read_as, text=text, slots=slots
    )
    assert (result.slots.get("asked_question") or result.slots["question"]) == meant


def test_what_was_debited_wrongly_is_not_given_back_for_a_return(act):
    read = {"intent": "out_of_scope", "question": SHOP, "further_questions": ["ask_refund/delay"]}
    earlier = [{"event": "user", "text": "on m'a débité 3 fois"}]
    result = act("action_out_of_scope", text="3 fois 189 euros, je les récupère quand ?", earlier=earlier, **read)
    assert (result.names, result.next) == (["utter_out_of_scope/shop"], "action_listen")


def test_a_cancelled_order_stays_cancelled_without_being_looked_up(act):
    slots = {"question": "ask_refund/cancelled_order", "answered_questions": ["ask_refund/cancelled_order"]}
    said = act("action_refund", intent="ask_refund", question="ask_refund/means", text="ça revient où ?", slots=slots)
    assert said.names == ["utter_cancelled_means"]


def test_the_service_s_postal_address_is_not_where_a_device_is_sent(act):
    read = {"intent": "contact_support", "question": "contact_support/post"}
    text = "sinon rien à voir : l'adresse postale du service client ?"
    assert act("action_support", text=text, slots={"question": PRICE}, **read).names == ["utter_contact_support/post"]
    sent = act("action_support", text="et je l'envoie à quelle adresse ?", slots={"question": PRICE}, **read)
    assert sent.slots["asked_question"] == PRICE


def test_where_photos_of_a_damage_are_sent(act):
    read = {"intent": "report_damaged_parcel", "question": "report_damaged_parcel/no_photos"}
    result = act("action_damaged_parcel", text="j'ai fait des photos, je les envoie où ?", **read)
    assert result.slots["asked_question"] == "contact_seller/attach"


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("je veux contacter le vendeur pas un conseiller", "contact_support/contact"),
        ("non le VENDEUR", "contact_seller/refuses"),
    ],
)
def test_whoever_asks_for_the_seller_gets_the_seller(act, text, read_as):
    read = {"intent": read_as.partition("/")[0], "question": read_as}
    result = act("action_support" if "support" in read_as else "action_seller", text=text, **read)
    assert (result.slots["asked_question"] or result.slots["question"]) == "contact_seller/how"


@pytest.mark.parametrize(
    "text",
    [
        "je veux plus parler au vendeur, je veux un conseiller",
        "impossible de joindre le vendeur, passez-moi un conseiller",
        "j'ai essayé de contacter le vendeur, rien, je veux parler à quelqu'un",
    ],
)
def test_whoever_asks_for_a_person_gets_a_person(act, text):
    read = {"intent": "contact_support", "question": "contact_support/contact"}
    assert act("action_support", text=text, **read).names == ["utter_contact_support/contact"]


def test_photos_that_need_not_be_sent_are_no_question_where(act):
    read = {"intent": "report_damaged_parcel", "question": "report_damaged_parcel/no_photos"}
    result = act("action_damaged_parcel", text="j'ai des photos, je les envoie ou pas ?", **read)
    assert result.slots["asked_question"] != "contact_seller/attach"


@pytest.mark.parametrize(
    ("before", "meant"),
    [("where_is_parcel/when", "ask_refund/lost_parcel"), ("contact_seller/for_me", "contact_seller/no_answer")],
)
def test_money_if_nothing_comes_depends_on_what_was_awaited(act, before, meant):
    read = {"intent": "ask_refund", "question": "ask_refund/want", "slots": {"question": before}}
    result = act("action_refund", text="et si je n'ai rien d'ici vendredi, serai-je remboursée ?", **read)
    assert meant in (result.slots.get("asked_question"), result.slots.get("question"))


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("si ça repart à l'expéditeur, je suis remboursé ?", True),
        ("et si l'objectif arrive jamais, je suis remboursé quand ?", True),
        ("je l'ai renvoyé, c'est remboursé quand ?", False),
    ],
)
def test_the_refund_of_a_parcel_that_never_came_is_no_refund_of_a_return(act, text, lost):
    result = act("action_refund", intent="ask_refund", question=DELAY, text=text)
    assert (result.names == ["utter_ask_refund/lost_parcel"]) is lost
