"""« Est-ce que je peux … ? » gets a yes, a no or « je ne sais pas » first."""

import pytest

from actions.permission import reply_to

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


def test_a_question_without_such_a_reply_keeps_its_own():
    assert reply_to("ask_invoice/where", "je peux avoir ma facture ?") == "utter_ask_invoice/where"
