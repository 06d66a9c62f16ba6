import pytest

from bot.nlu.bare_information import BareInformation, is_information


def entity(text, value, name="order_number"):
    start = text.index(value)
    return {"entity": name, "start": start, "end": start + len(value)}


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("PX48201937", "PX48201937", "order_number"),
        ("et la PX48201937 ?", "PX48201937", "order_number"),
        ("mon mail c'est a.b@mail.fr merci", "a.b@mail.fr", "email"),
        ("c'est un iPhone", "iPhone", "device_family"),
        ("et pour un Android ?", "Android", "device_family"),
    ],
)
def test_only_information(text, value, name):
    assert is_information(text, [entity(text, value, name)], unsure=False)


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("où est PX48201937", "PX48201937", "order_number"),
        ("facture PX48201937", "PX48201937", "order_number"),
        ("mon iPhone ne marche plus", "iPhone", "device_family"),
    ],
)
def test_a_question_about_it_is_more(text, value, name):
    assert not is_information(text, [entity(text, value, name)], unsure=False)


def test_without_information_there_is_none():
    assert not is_information("oui", [], unsure=True)


@pytest.mark.parametrize(
    ("text", "expected"), [("tenez PX48201937", True), ("sur les trois articles de PX48201937 il en manque un", False)]
)
def test_unsure_of_a_few_words_beside_a_number(text, expected):
    assert is_information(text, [entity(text, "PX48201937")], unsure=True) is expected


@pytest.mark.parametrize(
    ("intent", "read"), [("deny", "inform"), ("affirm", "inform"), ("where_is_parcel", "where_is_parcel")]
)
def test_a_yes_or_no_that_brings_a_number_is_about_the_number(intent, read):
    from rasa.shared.nlu.training_data.message import Message

    text = "non, je voulais dire plutôt celle qui est PX48201937"
    data = {"text": text, "entities": [entity(text, "PX48201937")], "intent": {"name": intent, "confidence": 0.9}}
    [message] = BareInformation().process([Message(data)])
    assert message.get("intent")["name"] == read
