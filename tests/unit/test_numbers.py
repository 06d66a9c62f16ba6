import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.numbers import corrected, joined, order_number, tradein_number

digits = st.text("0123456789", min_size=8, max_size=8)
separators = st.sampled_from(["", " ", "-", ".", " - "])


@pytest.mark.parametrize(
    "typed",
    [
        "PX48201937",
        "px48201937",
        "px 4820 1937",
        "PX-48201937.",
        "n°48201937",
        "cmd 48 20 19 37",
        "ＰＸ４８２０１９３７",
        "nº 4820\u00a01937",
        "PX\u20114820\u20131937",
    ],
)
def test_order_number(typed):
    assert order_number(typed) == "PX48201937"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "PX",
        "PX4820193",
        "PX482019370",
        "RP48201937",
        "' OR 1=1 --",
        "٤٨٢٠١٩٣٧",
        "PX4820193⁷",
        "PX4820193①",
        "PX48201937٧",
        "PX4820193½",
        "PX48201937²",
    ],
)
def test_not_an_order_number(typed):
    assert order_number(typed) is None


@given(digits, separators, st.sampled_from(["PX", "px", "Px", "n° ", "commande PX "]))
def test_every_way_of_typing_gives_the_same_number(number, separator, prefix):
    typed = prefix + separator + number[:4] + separator + number[4:] + "."
    assert order_number(typed) == f"PX{number}"


@given(digits)
def test_trade_in_numbers_are_not_order_numbers(number):
    assert tradein_number(f"rp-{number}") == f"RP{number}"
    assert tradein_number(f"PX{number}") is None
    assert order_number(f"RP{number}") is None


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    for number in (order_number(text), tradein_number(text)):
        assert number is None or len(number) == 10


@pytest.mark.parametrize(
    ("number", "message", "expected"),
    [
        ("PX48201936", "non, c'est 5 pas 6", "PX48201935"),
        ("PX48201936", "c'est un 5 et non un 6", "PX48201935"),
        ("PX48201936", "5 au lieu de 6", "PX48201935"),
        ("PX48201666", "non, c'est 5 pas 6", None),  # ambiguous: which 6?
        ("PX48201936", "non, c'est 5 pas 7", None),
        ("PX48201936", "ce n'est pas ça", None),
    ],
)
def test_corrected(number, message, expected):
    assert corrected(number, message) == expected


@pytest.mark.parametrize(
    ("pieces", "number"),
    [
        (["PX4820", "1937 la suite"], "PX48201937"),
        (["ok", "PX 48", "20 19 37"], "PX48201937"),
        (["PX4820", "la suite c'est 1937"], "PX48201937"),
        (["PX4822", "0193", "7"], None),  # nine digits
        (["reçu le 12", "le 14 novembre 2026"], None),
        (["PX4820", "où est mon colis ?", "1937"], None),
    ],
)
def test_a_number_may_come_in_pieces(pieces, number):
    assert joined(pieces) == number
