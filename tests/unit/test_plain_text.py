"""Texts of sellers and carriers are shown as inert text of bounded length."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shop.plain_text import known, plain

MARKUP = ["**", "__", "`", "[", "](", ")", "<b>", "</script>", "«", "»", "- ", "1. "]
ADDRESSES = ["https://", "HTTP:", "//", "x.example", "@x.example", "+33 (0)8 99 00 00 00"]
INVISIBLE = ["\u202e", "\u2066", "\u200b", "\ufeff", "\u3164", "\u0301", "\x00", "\t", "\n"]
PIECES = [*MARKUP, *ADDRESSES, *INVISIBLE, "é", "a", " "]
HARMLESS = "Câble USB 3.0[noir] 2 m, Tech@Home (S21+), L’été à 5 €"
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Coque **-90 %** [cliquez](https://promo.example)", "Coque ∗∗-90 %∗∗ [cliquez] (promo.example)"),
        ("<img src=x onerror=alert(1)>", "‹img src=x onerror=alert(1)›"),
        ("Lot\n\n- premier\r\n1. deux\u2028trois", "Lot - premier 1. deux trois"),
        ("facture\u202egpj.exe\u200b", "facturegpj.exe"),
        ("hthttps://tps://x.example //y.example", "x.example y.example"),
        ("à aide@pirate.example ou +33 (0)8 99 12 34 56", "à aide＠pirate.example ou 0033 (0)8 99 12 34 56"),
        ("Z\u0301\u0301\u0301\u0301\u0301\u0301algo", "Ź\u0301\u0301algo"),
        ("x) est « Annulée »", "x) est “ Annulée ”"),
        # What is harmless stays as it is.
        (HARMLESS, HARMLESS),
    ],
)  # fmt: skip
def test_markup_loses_its_meaning_and_words_stay(text, shown):
    assert plain(text, 100) == shown


@given(hostile)
@example("A\ud7fc\u0301")
@example("\u0301\u0301https://\u0301")
def test_no_text_keeps_markup_or_invisible_characters(text):
    shown = plain(text, 100)
    assert len(shown) <= 100
    assert not [mark for mark in ("**", "`", "](", "<", ">", "//", "@x.example", "+33", "\n", "  ") if mark in shown]
    assert all(unicodedata.category(one)[0] != "C" and one not in "\u3164\u2800" for one in shown)
    assert shown == plain(shown, 100), "it is plain already"


def test_a_long_text_is_cut_and_costs_no_more_than_a_short_one():
    assert plain("a" * 5000, 100) == "a" * 99 + "…"
    assert len(plain("é" * 10**6, 100)) == 100


@pytest.mark.parametrize("text", [None, "", " ", "-", "NULL", "null", "N/A", "n.a.", "None", "(null)", "\u200b", "…"])
def test_a_value_without_content_is_unknown(text):
    assert known(text, 100) is None


@pytest.mark.parametrize("text", ["0", "Nanterre Discount", "Null & Void SARL"])
def test_a_value_with_content_is_known(text):
    assert known(text, 100) == text
