import pytest

from shop.emails import normalised_email


@pytest.mark.parametrize(
    "typed", ["camille.durand@example.com", " Camille.Durand@EXAMPLE.com\t", "\u00a0camille.durand@example.com"]
)
def test_case_and_outer_blanks_do_not_count(typed):
    assert normalised_email(typed) == "camille.durand@example.com"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "camille",
        "camille@",
        "@example.com",
        "camille.durand@example",
        "a b@example.com",
        "c\u0430mille.durand@example.com",
        "ｃamille.durand@example.com",
        "camille.durand@ex\u0430mple.com",
        "\u212aevin@example.com",
        "mi\u017fs@example.com",
        "camille.durand@example.com\n",
        "camille.durand@example.com\r\nBcc: x@pirate.example",
        "camille.durand@example.com@pirate.example",
        "camille.durand@example.com, x@pirate.example",
        "\u200bcamille.durand@example.com",
    ],
)
def test_not_an_address_or_a_look_alike(typed):
    assert normalised_email(typed) is None
