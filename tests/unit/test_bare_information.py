import pytest

from bot.nlu.bare_information import gives_only_information


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
    assert gives_only_information(text, [entity(text, value, name)])


@pytest.mark.parametrize(
    ("text", "value", "name"),
    [
        ("où est PX48201937", "PX48201937", "order_number"),
        ("facture PX48201937", "PX48201937", "order_number"),
        ("mon iPhone ne marche plus", "iPhone", "device_family"),
    ],
)
def test_a_question_about_it_is_more(text, value, name):
    assert not gives_only_information(text, [entity(text, value, name)])


def test_without_information_there_is_none():
    assert not gives_only_information("oui", [])
