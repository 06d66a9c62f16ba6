"""Details of a message besides its question: anger, and the proofs of a damaged parcel."""

import pytest

from actions.damaged_parcel import noted_in
from actions.tone import angry
from actions.validation import photos_in


@pytest.mark.parametrize(
    "text",
    [
        "où est mon colis !!",
        "c'est quand ????",
        "c'est une honte",
        "bande d'escrocs",
        "y en a marre d'attendre",
        "JE VEUX MON REMBOURSEMENT",
        "vous vous moquez de moi",
    ],
)
def test_said_in_anger(text):
    assert angry(text)


@pytest.mark.parametrize(
    "text",
    [
        "où est mon colis ?",
        "bonjour ! merci !",
        "vraiment ??",
        "PX48201937",
        "où est ma commande PX48201937 ?",
        "mon IPHONE est en panne",
        "je n'arrive à me connecter nulle part",
        "le remboursement est annulé",
        "",
    ],
)
def test_said_without_anger(text):
    assert not angry(text)


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("j'ai noté le dommage sur le bon", True),
        ("j’ai bien signalé au livreur", True),
        ("on a mis des réserves", True),
        ("le livreur a bien noté les réserves", True),
        ("il l'a mis n'importe où, bon", None),
        ("réserves faites, photos faites", True),
        ("reserves faites", True),
        ("c'est noté sur le bordereau", True),
        ("je n'ai rien noté sur le bon", False),
        ("j'ai signé sans regarder", False),
        ("j'ai pas fait de réserves", False),
        ("je n'ai mis aucune réserve", False),
        ("le livreur était déjà reparti", False),
        ("j'ai signé trop vite", False),
        ("mon colis est arrivé abîmé", None),
        ("j'ai mis du temps à vous écrire, bonjour", None),
        ("j'ai fait une bonne affaire mais le carton est cassé", None),
        ("", None),
    ],
)
def test_whether_the_damage_was_noted(text, noted):
    assert noted_in(text) is noted


@pytest.mark.parametrize(
    ("text", "photos"),
    [
        ("j'ai des photos", True),
        ("j’ai pris plusieurs photos", True),
        ("j'ai aussi fait une photo", True),
        ("je n'ai pas de photos", False),
        ("j'ai pas pris de photo", False),
        ("sans photos", False),
        ("ni photo ni réserve", False),
        ("aucune photo", False),
        ("il faut des photos ?", None),
        ("le carton est écrasé", None),
    ],
)
def test_whether_there_are_photos(text, photos):
    assert photos_in(text) is photos
