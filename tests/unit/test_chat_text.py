"""Sanitising a customer's text: whatever they type, it never becomes a command for Rasa."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import escape_commands
from chat.text import Unreadable, clean, is_title
from shop.limits import MAX_MESSAGE_CHARACTERS


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  bonjour \n", "bonjour"),
        ("a\u202eb\u2066c\u200fd", "abcd"),
        ("co\u200blis\ufeff", "colis"),
        ("a\x00b\x07c", "abc"),
        ("un\r\ndeux\rtrois\u2028quatre", "un\ndeux\ntrois\nquatre"),
        ("e\u0301te\u0301", "été"),
        ("a\ud83db", "ab"),
        ("\u212aevin@example.com", "\u212aevin@example.com"),
        ("\u212be\u0301\u037e\u1fef", "Åé\u037e\u1fef"),
        ("👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("<b>gras</b> & 'x'", "<b>gras</b> & 'x'"),
    ],
)
def test_clean(raw, text):
    assert clean(raw) == text


@pytest.mark.parametrize("raw", ["", " \u00a0\n", "\u202e\u200b", "\x00", "\ud800", "x" * (MAX_MESSAGE_CHARACTERS + 1)])
def test_nothing_to_read_or_too_much(raw):
    with pytest.raises(Unreadable):
        clean(raw)


@given(st.text(st.characters(codec=None), min_size=1, max_size=300))
def test_clean_text_is_stored_sent_and_cleaned_again_as_it_is(raw):
    try:
        text = clean(raw)
    except Unreadable:
        return
    assert text.encode()
    assert clean(text) == text


@pytest.mark.parametrize(
    "typed", ["/restart", " /restart", "\u00a0/restart", "\u3000\t//intent{}", "\ufeff/x", "…/restart", "/"]
)
def test_typed_text_is_no_command(typed):
    assert not escape_commands(typed).strip().startswith("/")
    assert escape_commands(typed).strip()


@given(st.text(min_size=1, max_size=80))
def test_no_typed_text_is_a_command(typed):
    assert not escape_commands(typed).strip().startswith("/")


def test_a_slash_inside_stays():
    assert escape_commands("et/ou 12/11") == "et/ou 12/11"


@pytest.mark.parametrize("typed", ["un modele à mon nom", "oui un modèle à mon nom svp", "Ok, un modèle à mon nom !"])
def test_a_title_may_have_polite_words_around_it(typed):
    assert is_title(typed, "Un modèle à mon nom")
    assert not is_title("oui merci", "Un modèle à mon nom")
