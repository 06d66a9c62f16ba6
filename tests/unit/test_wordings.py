"""A reply's wording fits what the message asks: « est-ce que je peux … ? », a long wait, a visit."""

import pytest

from actions.wordings import reply_to

RETURN = "ask_withdrawal/how"


@pytest.mark.parametrize(
    "text",
    [
        "est-ce que je peux la renvoyer ?",
        "puis-je retourner ma télé ?",
        "On peut rendre ça ?",
        "jpeux le rendre",
        "J’peux le rendre ?",
        "j'ai le droit ?",
    ],
)
def test_a_request_for_permission_is_answered_first(text):
    assert reply_to(RETURN, text) == "utter_may_i/ask_withdrawal/how"


@pytest.mark.parametrize(
    "text",
    [
        "comment je peux la renvoyer ?",
        "je ne peux pas le renvoyer",
        "jpe pas le renvoyer",
        "où puis-je le renvoyer ?",
        "je veux le rendre",
    ],
)
def test_another_question_gets_its_own_reply(text):
    assert reply_to(RETURN, text) == "utter_ask_withdrawal/how"


def test_who_has_two_addresses_may_have_two_accounts():
    twice = "create_account/twice"
    for text in ("j'ai deux adresses mail, je peux faire deux comptes ?", "g une autre adresse mail, ça marche ?"):
        assert reply_to(twice, text) == f"utter_other_address/{twice}"
    assert reply_to(twice, "deux comptes avec la même adresse mail ?") == f"utter_{twice}"


def test_a_declaration_by_phone_and_a_call_in_vain_are_answered_first():
    channel, silence = "ask_withdrawal/channel", "contact_support/no_answer"
    assert reply_to(channel, "un appel au vendeur, ça compte ?") == f"utter_by_phone/{channel}"
    assert reply_to(channel, "par mail ça suffit ?") == f"utter_{channel}"
    assert reply_to(silence, "personne ne décroche") == f"utter_unanswered_call/{silence}"
    assert reply_to(silence, "toujours pas de réponse à mon mail") == f"utter_{silence}"


def test_what_if_not_where_to_see_it_and_a_box_thrown_away_have_their_own_wording():
    refund, warranty = "ask_refund/not_received", "product_not_working/warranty_length"
    photos = "report_damaged_parcel/no_photos"
    assert reply_to(refund, "et si j’ai rien le 12 ?") == f"utter_and_if_not/{refund}"
    assert reply_to(refund, "j’ai rien reçu") == f"utter_{refund}"
    assert reply_to(warranty, "ça se voit où si c’est encore garanti") == f"utter_where_seen/{warranty}"
    assert reply_to(warranty, "la garantie dure combien ?") == f"utter_{warranty}"
    assert reply_to(photos, "le carton est parti à la poubelle") == f"utter_box_gone/{photos}"
    assert reply_to(photos, "j’ai pas fait de photos") == f"utter_{photos}"


def test_where_to_write_and_how_soon_is_one_answer():
    delay = "contact_seller/delay"
    assert reply_to(delay, "je le contacte où, et il répond quand ?") == f"utter_and_where/{delay}"
    assert reply_to(delay, "il répond en combien de temps ?") == f"utter_{delay}"


def test_a_question_without_such_a_reply_keeps_its_own():
    assert reply_to("ask_invoice/where", "je peux avoir ma facture ?") == "utter_ask_invoice/where"


@pytest.mark.parametrize(
    ("question", "text", "reply"),
    [
        (
            "where_is_parcel/where",
            "je devais recevoir mon colis hier et toujours rien",
            "utter_late/where_is_parcel/where",
        ),
        ("where_is_parcel/where", "où est mon colis", "utter_where_is_parcel/where"),
        ("where_is_parcel/validated", "validée depuis 5 jours, c'est normal ?", "utter_late/where_is_parcel/validated"),
        ("contact_support/post", "je peux passer rue Curnonsky ?", "utter_visit/contact_support/post"),
        ("contact_support/hours", "les horaires de votre magasin", "utter_visit/contact_support/hours"),
        ("contact_support/post", "votre adresse postale", "utter_contact_support/post"),
    ],
)
def test_a_long_wait_and_a_visit_have_their_own_wording(question, text, reply):
    assert reply_to(question, text) == reply


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("je peux les porter une fois pour voir ?", "utter_may_i_use/ask_return_conditions/used"),
        ("je peux le rendre si je l'ai porté ?", "utter_may_i/ask_return_conditions/used"),
    ],
)
def test_using_a_product_before_its_return_is_no_return(text, reply):
    assert reply_to("ask_return_conditions/used", text) == reply


def test_the_addresses_for_trade_ins_and_data_come_when_they_are_asked_for():
    email = "contact_support/email"
    assert reply_to(email, "c'est quoi le mail pour les reprises ?") == f"utter_tradein_or_data/{email}"
    assert reply_to(email, "c'est quoi votre mail ?") == f"utter_{email}"
