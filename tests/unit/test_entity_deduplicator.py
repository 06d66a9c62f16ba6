"""One entity per name: which one is kept, and what happens to the others."""

import re

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entity_deduplicator import EntityDeduplicator
from shop.contacts import BUYBACK_EMAIL, SUPPORT_EMAIL
from shop.emails import normalised_email

SHAPES = {
    "order_number": re.compile(r"\bPX\d{8}\b"),
    "email": re.compile(r"[\w.-]+@[\w.-]+\.\w+"),
    "device_family": re.compile(r"iphone|android|gmail"),
}
A, B, C = "PX48201937", "PX48201938", "PX48201939"


def read(text):
    """({name: the kept value}, {name: further values}) of `text`."""
    found = [
        {"entity": name, "value": match[0], "start": match.start(), "end": match.end()}
        for name, shape in SHAPES.items()
        for match in shape.finditer(text)
    ]
    [message] = EntityDeduplicator().process([Message({"text": text, "entities": found})])
    names = [entity["entity"] for entity in message.get("entities")]
    assert len(set(names)) == len(names)
    return {entity["entity"]: entity["value"] for entity in message.get("entities")}, message.get("other_values")


@pytest.mark.parametrize(
    "text",
    [
        f"{A}, pardon, {B}",
        f"c'est {A}... non {B}",
        f"{A} euh je me suis trompé c'est {B}",
        f"oups pas {A} mais plutôt {B}",
        f"{A} erreur {C} non {B}",
    ],
)
def test_the_last_correction_counts_and_what_was_wrong_is_forgotten(text):
    assert read(text) == ({"order_number": B}, {})


def test_of_two_numbers_the_first_counts_and_the_others_are_kept():
    assert read(f"où en sont {A} et {B} ?") == ({"order_number": A}, {"order_number": [B]})
    assert read(f"{A}, {B} et {C}")[1] == {"order_number": [B, C]}
    assert read(f"{A} {B} {C} PX48201940")[1] == {"order_number": [B, C]}, "two more at most"


def test_the_same_number_twice_is_one():
    assert read(f"{A}, oui {A}") == ({"order_number": A}, {})


def test_a_second_address_is_kept_only_where_the_customer_leaves_open_which_it_is():
    assert read("a@mail.fr ou bien b@mail.fr") == ({"email": "a@mail.fr"}, {"email": ["b@mail.fr"]})
    assert read("a@mail.fr (copie à b@mail.fr)") == ({"email": "a@mail.fr"}, {})
    assert read("a@mail.fr, pardon, ou plutôt b@mail.fr") == ({"email": "b@mail.fr"}, {})
    assert read("a@mail.fr\nBcc: b@mail.fr") == ({"email": "a@mail.fr"}, {"email": ["b@mail.fr"]})


@pytest.mark.parametrize(
    "text",
    [
        "a@mail.fr@pirate.example",
        "a@mail.fr @pirate.example",
        "a@mail.fr\n@pirate.example",
        '"a@mail.fr"@pirate.example',
        "<a@mail.fr>@pirate.example",
        "x@a@mail.fr",
        "@a@mail.fr",
    ],
)
def test_a_part_of_a_longer_address_is_no_address(text):
    assert normalised_email(read(text)[0]["email"]) is None


def test_what_may_stand_around_an_address():
    for text in ("<a@mail.fr>", "(a@mail.fr).", "mail:a@mail.fr", "a@mail.fr, merci", "c'est a@mail.fr!"):
        assert read(text)[0]["email"] == "a@mail.fr"


@pytest.mark.parametrize("address", [SUPPORT_EMAIL, BUYBACK_EMAIL.title(), "x@pixmania.fr"])
def test_the_shops_own_addresses_are_never_the_customers(address):
    assert read(f"j'ai écrit à {address}") == ({}, {})
    assert read(f"j'ai écrit à {address}, mon mail est a@mail.fr") == ({"email": "a@mail.fr"}, {})


def test_each_name_is_read_by_itself_and_overlapping_spans_are_both_there():
    assert read(f"{A} a@gmail.com") == ({"order_number": A, "email": "a@gmail.com", "device_family": "gmail"}, {})


def test_of_overlapping_spans_of_one_name_the_longer_counts():
    text = "12345678 et demi"
    spans = [
        {"entity": "order_number", "value": text[:end], "start": 0, "end": end}
        for end in (4, 8)
    ]  # fmt: skip
    [message] = EntityDeduplicator().process([Message({"text": text, "entities": spans})])
    assert [entity["value"] for entity in message.get("entities")] == ["12345678"]
    assert message.get("other_values") == {}


def test_a_message_without_entities_has_none():
    assert read("où est mon colis ?") == ({}, {})


def test_a_device_that_the_customer_does_not_have_is_none():
    assert read("je n'ai pas d'android, j'ai un iphone") == ({"device_family": "iphone"}, {})
    assert read("oubliez gmail") == ({}, {})
    assert read("je n'ai pas accès à mon iphone") == ({"device_family": "iphone"}, {})
