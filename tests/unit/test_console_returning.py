"""A button that is pressed after the session ended: sign-in, then the same page, with what was typed."""

from itertools import product

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver, reverse

from console import returning
from console.flash import MAX_FLASHES
from console.models import Note, Thread

PASSWORD = "une phrase assez longue"
TYPED = "le colis est au dépôt, rappeler « demain » & <vérifier>"


def signed_in_again(client, answer, name="lea"):
    """Follow to the sign-in, sign in, and return the page that follows."""
    address = answer.headers.get("HX-Redirect") or answer["Location"]
    page = client.get(address)
    assert "<h1>Connexion" in page.content.decode()
    fields = {"username": name, "password": PASSWORD, "next": page.context["next"]}
    return client.post(reverse("console:sign_in"), fields, follow=True)


@pytest.fixture
def late(agent):
    """The client of an agent whose session has ended on the server, while the browser still has its cookie."""
    client = agent("manage", "lea")
    Session.objects.all().delete()
    return client


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("name", "fields", "typed"),
    [
        ("add_note", {"texte": TYPED}, TYPED), ("tag", {"etiquette": "à rappeler"}, "à rappeler"),
        ("review", {"verdict": "good"}, "good"), ("reveal", {"raison": "le client rappelle"}, "le client rappelle"),
    ],
)  # fmt: skip
def test_what_was_typed_is_back_on_the_same_page(late, talk, name, fields, typed, htmx):
    one = talk("où est mon colis ?")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/console/conversations/{one.pk}/?avis=non"}
    address = f"{reverse(f'console:{name}', args=[one.pk])}?avis=non"
    answer = late.post(address, fields, headers=headers if htmx else {})
    page = signed_in_again(late, answer)
    assert page.redirect_chain[-1][0] == f"/console/conversations/{one.pk}/?avis=non"
    assert page.status_code == 200
    (notice,) = [found for found in page.context["found"] if found["kept"]]
    assert typed in [value for _, value in notice["fields"]]
    assert "session s’était terminée" in page.content.decode()
    assert not Note.objects.exists()
    assert Thread.objects.get().verdict == ""
    assert "session s’était terminée" not in late.get(f"/console/conversations/{one.pk}/").content.decode(), "once"


@pytest.mark.parametrize(
    ("name", "fields", "page"),
    [
        ("thread_bulk", {"faire": "tag", "etiquette": "à voir"}, "/console/?issue=fallback"),
        ("save_view", {"nom": "Mes ratées"}, "/console/?issue=fallback"),
        ("export", None, "/console/?issue=fallback"),
        ("statistics_csv", None, "/console/?issue=fallback"),
    ],
)
def test_bulk_views_and_exports_come_back_to_their_list(late, name, fields, page):
    address = reverse(f"console:{name}", args=["csv"] if name == "export" else [])
    call = late.post if fields else late.get
    answer = call(f"{address}?issue=fallback", fields or {}) if fields else call(f"{address}?issue=fallback")
    shown = signed_in_again(late, answer)
    assert shown.redirect_chain[-1][0] == page
    body = shown.content.decode()
    assert "session s’était terminée" in body
    for value in (fields or {}).values():
        assert value in body


@pytest.mark.slow
def test_every_address_leads_back_to_a_whole_page(late, talk):
    """Called by a form, a link or htmx, with or without the page's URL: no 405, and no page inside a page."""
    one = talk("où est mon colis ?")
    open_to_all = {"sign_in", "sign_out", "second_factor", "choose_password", "presence", "inbox_stream"}
    names = {key for key in get_resolver("console.urls").reverse_dict if isinstance(key, str)} - open_to_all
    by_htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/console/conversations/1/reveler"}
    leads_to = {}
    for name in names:
        arguments = next(a for a in ([], [one.pk], [one.pk, 1], [one.chat_id], ["csv"]) if _exists(name, a))
        for headers, call in product(({}, by_htmx), (late.get, late.post)):
            answer = call(reverse(f"console:{name}", args=arguments), headers=headers)
            if answer.status_code != 405:
                leads_to.setdefault(answer.headers.get("HX-Redirect") or answer["Location"], (name, answer))
    assert len(leads_to) > 15
    for name, answer in leads_to.values():
        Session.objects.all().delete()
        page = signed_in_again(late, answer)
        assert page.status_code in (200, 404), name
        if page.status_code == 200:
            assert page.content.decode().count("<main") == 1, name


def _exists(name, arguments):
    try:
        return bool(reverse(f"console:{name}", args=arguments))
    except Exception:
        return False


def test_a_background_call_never_redirects_an_agent_to_the_sign_in(late, talk):
    one = talk("où est mon colis ?")
    answer = late.get(reverse("console:presence", args=[one.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "HX-Redirect" not in answer
    assert "Votre session est terminée" in answer.content.decode()


@pytest.mark.parametrize(
    "named", ["https://pirate.example/console/", "http://testserver/chat/", "javascript:alert(1)", "//x"]
)
def test_only_our_pages_are_returned_to(late, talk, named):
    one = talk("où est mon colis ?")
    answer = late.post(reverse("console:add_note", args=[one.pk]), {"texte": "x"}, headers={"Referer": named})
    assert signed_in_again(late, answer).redirect_chain[-1][0] == f"/console/conversations/{one.pk}/"


def test_somebody_who_never_signs_in_stores_little(db):
    client = Client()
    for _ in range(MAX_FLASHES + 3):
        client.post(reverse("console:thread_bulk"), {"etiquette": "x" * (returning.MAX_KEPT + 1)})
    assert len(client.session["notices"]) == MAX_FLASHES
    assert not any(one["fields"] for one in client.session["notices"])
