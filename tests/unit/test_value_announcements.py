"""A clause that only contains a masked secret is left out, because it is about no topic."""

import pytest

from bot.nlu.message_parts import parts
from bot.nlu.text import normalised
from bot.nlu.value_announcements import without_secrets
from shop.masking import mask


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("mon mdp c'est xyz123A et où est ma facture", "et où est ma facture"),
        ("où est ma facture ? mon mot de passe est Soleil2024!", "où est ma facture ?"),
        ("je veux ma facture, mon code secret est 1234", "je veux ma facture,"),
        ("ma carte 4242 4242 4242 4242 et mon colis n'arrive pas", "et mon colis n'arrive pas"),
        ("code de déverrouillage 4455, où est mon remboursement", ", où est mon remboursement"),
    ],
)
def test_an_announcement_of_a_value_is_left_out(typed, left):
    assert mask(typed) != typed
    assert " ".join(without_secrets(mask(typed)).split()) == left
    assert "passe" not in normalised(mask(typed))
    assert not any("masqué" in part for part in parts(mask(typed)))


@pytest.mark.parametrize(
    "text",
    [
        "mon mot de passe [mot de passe masqué] ne marche pas",
        "j'ai oublié mon mot de passe, je crois que c'était [mot de passe masqué]",
        "mon mot de passe est [mot de passe masqué]",
        "bonjour, mon mdp c'est [mot de passe masqué]",
        "où est ma facture",
    ],
)
def test_what_says_more_of_it_or_nothing_else_stays(text):
    assert without_secrets(text) == text
