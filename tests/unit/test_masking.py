"""Card numbers and IBANs are masked in any spelling; look-alikes are not."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum import luhn

from shop.masking import mask
from shop.masking.pieces import mask_next, split_card
from shop.masking.sources import LABELS

CARD, IBAN, EXPIRY, CVV = (LABELS[kind] for kind in ("card", "iban", "expiry", "cvv"))

FULL_WIDTH = "".join(chr(ord(character) + 0xFEE0) for character in "FR7630006000011234567890189")


@pytest.mark.parametrize(
    "typed",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111 - 1111 - 1111 - 1111",
        "41111111, 11111111",
        "4111*1111*1111*1111",
        "4111 | 1111 | 1111 | 1111",
        "4111    1111    1111    1111",
        "4111\u200d1111\u200c1111\u28001111",
        "４１１１１１１１１１１１１１１１",
        "٤١١١١١١١١١١١١١١١",
        "4111\u00a01111\u202f1111\u20091111",
        "41 11 11 11 11 11 11 11",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "5555555555554444",
        "378282246310005",
        "6011111111111117",
        "3530111333300000",
    ],
)
def test_a_card_number_is_masked_in_any_spelling(typed):
    assert mask(f"ma carte {typed} merci") == f"ma carte {CARD} merci"


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("4111111111111111", CARD),
        ("4111 1111 1111 1111, 12/27", f"{CARD}, {EXPIRY}"),
        ("41111111 11111111", CARD),
        ("41111111-11111111, 12/27", f"{CARD}, {EXPIRY}"),
        ("4111 1111 11111111", CARD),
        ("4111 1111 1111 111112/27", f"{CARD}{EXPIRY}"),
        ("4111111111111111123", f"{CARD}{CVV}"),
        ("PX4111 1111 1111 1111", f"PX{CARD}"),
        ("48207264, 4111 1111 1111 1111", f"48207264, {CARD}"),
        ("PX48207264 4111111111111111", f"PX48207264 {CARD}"),
        ("48207264 4111111111111111", f"48207264 {CARD}"),
        ("4111 1111 1111 1111, 48207264, 48225817", f"{CARD}, 48207264, 48225817"),
    ],
)
def test_a_card_number_that_no_word_announces(typed, masked):
    assert mask(f"voici {typed} merci") == f"voici {masked} merci"


@pytest.mark.parametrize(
    "typed",
    [
        "FR7630006000011234567890189",
        "FR76 3000 6000 0112 3456 7890 189",
        "F R 7 6 3 0 0 0 6 0 0 0 0 1 1 2 3 4 5 6 7 8 9 0 1 8 9",
        "fr76-3000-6000-0112-3456-7890-189",
        FULL_WIDTH,
        "BE68 5390 0754 7034",
        "CH93 0076 2011 6238 5295 7",
    ],
)
def test_an_iban_is_masked_in_any_spelling(typed):
    assert mask(f"iban {typed} voilà") == f"iban {IBAN} voilà"


def test_a_card_number_in_keycaps():
    typed = "4️⃣" + "1️⃣" * 15
    assert mask(f"ma carte {typed}").startswith(f"ma carte {CARD}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Remboursez-moi la somme de 50 euros sur ", ""),
        ("le 12 ", " merci"),
        ("du 15 au 16 ", ""),
        ("monIBAN", ""),
    ],
)
def test_an_iban_is_found_behind_words_that_look_like_one(before, after):
    assert mask(f"{before}FR14 2004 1010 0505 0001 3M02 606{after}") == f"{before}{IBAN}{after}"


@pytest.mark.parametrize(
    "text",
    [
        "PX48207264",
        "RP12345678",
        "suivi 6A12345678901",
        "IMEI 356938035643809",
        "06 12 34 56 78",
        "+33 6 12 34 56 78",
        "4111 1111 1111 1112",
        # Two orders whose digits start with a valid card number of 13 or 16 digits.
        "48207264, 48225817",
        "48207264 48225817",
        "payé par carte : 48207264, 48225817",
        "48214092, 48216758",
        "commandes 48214092,48216758 et PX48211346",
        "48214092 / 48216758",
        "48214092\n48216758",
        "PX48214092 48216758",
        "48211346 0612345678",
        "commandé le 12/11/2026 pour 1 299,00 €",
        "",
        "des mots ½ ² seulement",
    ],
)
def test_other_numbers_are_not_masked(text):
    assert mask(text) == text


def test_several_numbers_and_what_stands_between_them():
    text = "4111111111111111 puis FR7630006000011234567890189 puis 5555555555554444."
    assert mask(text) == f"{CARD} puis {IBAN} puis {CARD}."


@given(st.integers(0, 10**15 - 1), st.sampled_from([" ", "-", "", ". ", "\u00a0"]), st.integers(1, 5))
def test_any_visa_number_in_any_grouping(number, gap, size):
    digits = f"4{number:015d}"[:15]
    digits += luhn.calc_check_digit(digits)
    grouped = gap.join(digits[i : i + size] for i in range(0, len(digits), size))
    assert not any(character.isdigit() for character in mask(f"x {grouped} x"))


NUMBERS = ["48214092", "48216758", "PX48211346", "4111111111111111", "4111 1111 1111 1111", "41111111", "0612345678"]
BETWEEN = [" ", ", ", "-", "/", "\n", " et ", " par carte ", "FR14 2004 1010 0505 0001 3M02 606", "12"]


@given(st.text(max_size=200) | st.lists(st.sampled_from(NUMBERS + BETWEEN), max_size=12).map("".join))
@example("482020414142989248204192:28404192")
@example("/\n par carte 48214092-482140924111 1111 1111 1111-\n48216758 0612345678")
def test_any_text_is_taken_and_masked_only_once(text):
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "pieces",
    [
        ["4111 1111", "1111 1111"],
        ["4111", "1111", "1111", "1111"],
        ["ma carte c’est 41111111", "11111111 voilà"],
        ["4111 1111", "1111 1111 exp 12/27"],
        ["49701000", "00000154"],
        ["4970.1000", "00000154."],
    ],
)
def test_a_card_number_in_pieces(pieces):
    assert split_card(pieces)
    assert mask_next(pieces[-1], pieces[:-1]) == (CARD, list(range(len(pieces) - 1)))


def test_a_second_number_in_pieces_after_a_masked_one():
    """Its groups of four digits are not masked as security codes of the first card."""
    said = [f"ma carte {CARD}"]
    for piece in ("4970 1000 0000", "0154", "FR76 3000 6000", "0112 3456 7890", "189"):
        masked, earlier = mask_next(piece, said)
        said = [masked if place in earlier else text for place, text in enumerate([*said, masked])]
    assert said == [f"ma carte {CARD}", CARD, CARD, IBAN, IBAN, IBAN]


@pytest.mark.parametrize(
    ("latest", "piece"),
    [
        (["je vous donne ma carte", "elle est longue", "41111111"], "11111111"),
        (["commande refusée, carte bancaire", "n° 41111111"], "et 11111111"),
    ],
)
def test_digits_like_the_shops_are_a_card_if_one_was_mentioned(latest, piece):
    assert mask_next(piece, latest) == (CARD, [len(latest) - 1])


@pytest.mark.parametrize(
    "pieces",
    [
        ["FR76 3000 6000", "0112 3456 7890 189"],
        ["mon iban : FR7630006", "000011234567890189 merci"],
        ["fr76", "3000", "6000", "0112", "3456", "7890", "189"],
        ["FR14 2004 1010", "0505 0001 3M02", "606"],
        ["BE68", "5390 0754 7034"],
        ["RIB FR 76 3000 6000 01", "puis 12 3456 7890 189"],
        ["ＦＲ７６ 3000 6000", "0112-3456-7890-189"],
    ],
)
def test_an_iban_in_pieces(pieces):
    assert mask_next(pieces[-1], pieces[:-1]) == (IBAN, list(range(len(pieces) - 1)))
    assert mask_next(pieces[-1], ["bonjour", *pieces[:-1]])[1] == list(range(1, len(pieces)))


@pytest.mark.parametrize(
    "pieces",
    [
        ["FR76 3000 6000", "0112 3456 7890 188"],
        ["FR76 3000 6000", "0112 3456"],
        ["FR76", "bonjour", "PX48207264"],
        ["le 12 juin", "48207264", "12"],
    ],
)
def test_pieces_that_are_no_iban(pieces):
    assert mask_next(pieces[-1], pieces[:-1]) == (pieces[-1], [])


@pytest.mark.parametrize(
    "pieces",
    [
        ["4111 1111", "1111 1112"],
        ["bonjour", "4111"],
        ["bonjour 4111a1111", "1111 1111"],
        ["bb42-4111-a1", "x-1111-1111-1111"],
        ["4111 et 4111", "1111 1111 1111"],
        ["le 41 11 11 11 à 12 h", "4 1 11 11 11"],
        ["4111", "merci"],
        ["PX48207264", "12"],
        ["PX48214092", "PX48216758"],
        ["48211346", "48211346"],
        ["commande 48214092", "et 48216758"],
        ["48214092", "48216758"],
        ["le colis 49701000", "00000154"],
    ],
)
def test_pieces_that_are_no_card_number(pieces):
    assert not split_card(pieces)


def test_bare_digits_are_the_shops_if_an_order_was_mentioned():
    assert mask_next("00000154", ["où est ma commande", "49701000"]) == ("00000154", [])


def test_a_long_run_of_digits_takes_no_long_time():
    digits = "".join(random.Random(1).choices("0123456789", k=2000))
    assert len(mask(digits)) <= 2000 * 2
