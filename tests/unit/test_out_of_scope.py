"""The answer to a question that no fact covers names its subject."""

import pytest

from actions.out_of_scope import shop_subject


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("Livrez-vous en Suisse, et à quel prix ?", "les livraisons hors de France"),
        ("c combien les frais de port", "les frais de livraison"),
        ("je peux payer en 4 fois ?", "les moyens de paiement"),
        ("un code de réduction pour les profs ?", "les promotions et les codes de réduction"),
        ("elle sera de nouveau en stock quand", "la disponibilité des produits"),
        ("Avez-vous une boutique à Lille ?", "un magasin"),
        ("vous faites quoi dans la vie", None),
    ],
)
def test_the_subject_is_named(asked, subject):
    assert shop_subject(asked) == subject


def test_the_answer_names_it(act):
    result = act(
        "action_out_of_scope", text="vous livrez en Suisse ?", question="out_of_scope/shop", intent="out_of_scope"
    )
    assert result.names == ["utter_out_of_scope/shop"]
    assert result[0][1]["subject"] == "les livraisons hors de France"
