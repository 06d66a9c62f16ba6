import pytest

from bot.typography import typeset
from harness.contacts import TYPED_PHONE
from shop.contacts import PHONE


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Bonjour !", "Bonjour\u00a0!"),
        ("l'appareil", "l’appareil"),
        ("« Mon compte »", "«\u00a0Mon compte\u00a0»"),
        ("« J'ai oublié mon mot de passe ? »", "«\u00a0J'ai oublié mon mot de passe ?\u00a0»"),
        ("« Effacer l'iPhone » : l'appareil", "«\u00a0Effacer l'iPhone\u00a0»\u00a0: l’appareil"),
        ("de 10 h à 18 h", "de 10\u00a0h à 18\u00a0h"),
        ("https://suivi.example.com/a", "https://suivi.example.com/a"),
        (TYPED_PHONE, PHONE),
    ],
)
def test_typeset(typed, expected):
    assert typeset(typed) == expected
    assert typeset(expected) == expected
