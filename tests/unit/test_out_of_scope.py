"""The answer to a question that no fact covers names its subject."""

import pytest

from actions.out_of_scope import subjects_of


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("Livrez-vous en Suisse ?", "les livraisons hors de France"),
        ("vous livrez en Guadeloupe ?", "les livraisons en Corse et outre-mer"),
        ("j'ai 219 euros en attente sur mon compte", "un paiement refusé ou débité à tort"),
        ("et si le crédit est refusé ?", "ce que devient le crédit"),
        ("Livrez-vous en Suisse, et à quel prix ?", "les livraisons hors de France"),
        (
            "il est en stock, et y a un code promo ?",
            "la disponibilité des produits, ni sur les promotions et les codes de réduction",
        ),
        ("c combien les frais de port", "les frais de livraison"),
        ("je peux payer en 4 fois ?", "les moyens de paiement"),
        ("un code de réduction pour les profs ?", "les promotions et les codes de réduction"),
        ("elle sera de nouveau en stock quand", "la disponibilité des produits"),
        ("Avez-vous une boutique à Lille ?", "un magasin ou une visite sur place"),
        ("je suis débité quand ?", "le moment du débit"),
        ("j'ai été débité quand même", "un paiement refusé ou débité à tort"),
        ("vous faites quoi dans la vie", None),
    ],
)
def test_the_subject_is_named(asked, subject):
    assert subjects_of("out_of_scope/shop", asked) == subject


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("et je reçois l'argent quand ?", "quand ni comment une reprise est payée"),
        ("je dois payer quelque chose pour envoyer mon tel en reprise ?", "qui paie l’envoi"),
        ("et pour un téléphone cassé vous prenez aussi ?", "si un appareil cassé est repris"),
        ("et si votre offre est trop basse", "ce qui se passe si l’offre ne vous convient pas"),
        ("combien vaut mon iphone 11", "à quel prix un appareil est repris"),
        ("je voudrais vendre mon ancien téléphone", None),
    ],
)
def test_of_a_trade_in_what_is_not_known_is_named_too(asked, subject):
    assert subjects_of("out_of_scope/tradein_price", asked) == subject


def test_the_answer_names_it(act):
    result = act(
        "action_out_of_scope", text="vous livrez en Suisse ?", question="out_of_scope/shop", intent="out_of_scope"
    )
    assert result.names == ["utter_out_of_scope/shop"]
    assert result[0][1]["subject"] == "les livraisons hors de France"


def test_the_state_of_a_trade_in_is_looked_up(act):
    read = {"question": "out_of_scope/tradein_price", "intent": "out_of_scope"}
    result = act("action_out_of_scope", text="ou en est ma reprise", **read)
    assert (result.names, result.next) == ([], "action_look_up")
    assert act("action_out_of_scope", text="vous faites des reprises ?", **read).names == [
        "utter_out_of_scope/tradein_price"
    ]
