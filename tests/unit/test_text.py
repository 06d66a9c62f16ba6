import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.second_question import parts
from bot.nlu.text import MAX_CHARACTERS, cleaned, featurised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Où est   ma COMMANDE", "où est ma commande"),
        ("j’attends le colis PX 4820-1937 !", "j'attends le colis !"),
        ("mon mail : a.b@mail.fr", "mon mail : identifiant"),
        ("px48201937", "identifiant"),
        ("reçu le 12/03, 14 jours après", "reçu le 0 , 0 jours après"),
        ("c'est loooong", "c'est long"),
    ],
)
def test_featurised(text, expected):
    assert featurised(text) == expected


@given(st.text(max_size=3000))
def test_cleaning_is_bounded_and_done_once(text):
    assert len(cleaned(text)) <= MAX_CHARACTERS
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Où est mon colis ? Et comment avoir ma facture ?", 2),
        ("où est mon colis et aussi je veux ma facture", 2),
        ("Bonjour. Où est mon colis ?", 1),  # a greeting is no part
        ("où est mon colis", 1),
    ],
)
def test_parts(text, expected):
    assert len(parts(text)) == expected
