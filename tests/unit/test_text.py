import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import cleaned, normalised
from shop.limits import MAX_MESSAGE_CHARACTERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Où est   ma COMMANDE", "où est ma commande"),
        ("j’attends le colis PX 4820-1937 !", "j'attends le colis !"),
        ("mon mail : a.b@mail.fr", "identifiant"),
        ("voici mon mail a.b@mail.fr et où est ma facture", "voici et où est ma facture"),
        ("je ne veux pas annuler, juste savoir où elle est", "juste savoir où elle est"),
        ("g pa resu mn COLI", "j'ai pas reçu mon colis"),
        ("px48201937", "identifiant"),
        ("reçu le 12/03, 14 jours après", "reçu le 0 , 0 jours après"),
        ("c'est loooong", "c'est long"),
        ("👍🏽👍", "d'accord"),
        ("👎", "non"),
        ("merci 👍", "merci 👍"),
    ],
)
def test_normalised(text, expected):
    assert normalised(text) == expected


@given(st.text(max_size=3000))
def test_cleaning_is_bounded_and_done_once(text):
    assert len(cleaned(text)) <= MAX_MESSAGE_CHARACTERS
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.slow
def test_no_look_alike_becomes_an_ascii_letter():
    """The bot's own cleaning, too, must leave the Kelvin sign: « Kevin@ » is another address."""
    found = [chr(code) for code in range(128, 0x110000) if cleaned(f"a{chr(code)}").removeprefix("a").strip().isalnum()]
    assert len(found) > 100_000
    assert not [character for character in found if cleaned(f"a{character}").isascii()]
