"""The console's pages with real conversations: access by role, search, masking and escaping."""

import re
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils.formats import date_format

from chat.models import Conversation, HandOverRequest, Message
from console import exports
from console.models import Facet, Note, Outcome, SavedView, Thread, Turn, Verdict
from harness.console_client import threads_in
from shop import clock
from shop.models import Order
from shop.status import OrderStatus
from tests.e2e.console.conftest import CAMILLE, SCRIPT

pytestmark = pytest.mark.processes

PERSONAL = [CAMILLE, "06 12 34 56 78", "PX48207264", "Camille Durand"]
# The lowest role that may open each page. Other URLs perform actions, and have their own tests.
PAGES = {
    "threads": "read", "queue": "read", "inbox": "read", "unanswered": "read", "corrections": "read",
    "versions": "read", "answer_notices": "read", "begin_judging": "review",
    "open_questions": "read",
    "state": "read",
    "help": "read", "account": "read", "enrol": "read", "statistics": "read", "audit": "manage", "erase": "manage",
    "team": "manage", "change_password": "read",
}  # fmt: skip
RANKS = ["read", "review", "manage"]


def page(client, name, *arguments, **query):
    return client.get(f"{reverse(f'console:{name}', args=arguments)}?{urlencode(query)}")


def text_of(response):
    return response.content.decode()


# --- who may open what ---


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", ["", *RANKS])
def test_pages_by_role(agent, role, name):
    client = agent(role) if role else Client()
    answer = page(client, name)
    if not role:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("console:sign_in"))
    elif RANKS.index(role) >= RANKS.index(PAGES[name]):
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
    else:
        assert answer.status_code == 403


# URLs that refuse every request without a session, instead of redirecting.
STREAMS = {"inbox_stream"}


def test_every_address_asks_who_you_are(db):
    """No page and no action is available without signing in, whatever its name."""
    open_to_all = {"sign_in", "sign_out", "choose_password"}
    names = {key for key in get_resolver("console.urls").reverse_dict if isinstance(key, str)} - open_to_all
    assert len(names) > 30
    for name in names:
        for arguments in ([], [1], [1, 1], ["csv"], [UUID(int=1)]):
            try:
                address = reverse(f"console:{name}", args=arguments)
            except Exception:
                continue
            for call in (Client().get, Client().post):
                answer = call(address)
                allowed = [403] if name in STREAMS else [302, 405]
                assert answer.status_code in allowed, f"{name}: {answer.status_code}"
                if answer.status_code == 302:
                    assert reverse("console:sign_in") in answer["Location"], name


@pytest.mark.parametrize(
    ("name", "role", "fields"),
    [
        ("review", "review", {"verdict": "good"}), ("add_note", "review", {"texte": "x"}),
        ("tag", "review", {"etiquette": "x"}), ("reveal", "manage", {"raison": "contrôle"}),
        ("erase_thread", "manage", {}),
    ],
)  # fmt: skip
def test_actions_by_role(agent, threads, name, role, fields):
    below = RANKS[RANKS.index(role) - 1]
    address = reverse(f"console:{name}", args=[threads["invoice"].pk])
    assert agent(below).post(address, fields).status_code == 403
    assert Thread.objects.get(pk=threads["invoice"].pk).verdict == Verdict.NONE
    assert not Note.objects.exists()


def test_csrf(agent, threads):
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent("review").user)
    address = reverse("console:review", args=[threads["invoice"].pk])
    answer = client.post(address, {"verdict": "good"})
    assert answer.status_code == 403
    assert "Rechargez" in text_of(answer)
    assert Thread.objects.get(pk=threads["invoice"].pk).verdict == Verdict.NONE


# --- the list ---


@pytest.mark.usefixtures("hours_later")
def test_filters_can_be_combined_and_are_in_the_url(agent, threads):
    client = agent("read")
    for query, names in (
        ({"sujet": "ask_invoice"}, {"invoice", "bill"}),
        ({"action": "action_look_up"}, {"parcel", "button"}),
        ({"avis": "non"}, {"again"}),
        ({"issue": "escalated"}, {"person"}),
        ({"issue": "abandoned", "sujet": "where_is_parcel"}, {"button"}),
        ({"ecrit": "non"}, set()),
        ({"q": "RESU"}, {"parcel"}),
        ({"q": "reçu"}, {"button"}),
        ({"q": "roborock", "dans": "tout"}, {"parcel", "personal"}),
        ({"q": "grille pains"}, {"off_topic"}),
        ({"q": "introuvablement"}, set()),
        ({"du": "2000-01-01", "au": "2000-12-31"}, set()),
        ({"confiance": "0"}, set()),
    ):
        found = threads_in(page(client, "threads", **query).content)
        assert {name for name, thread in threads.items() if thread.pk in found} == names, query


@pytest.mark.parametrize(
    ("query", "some", "none"),
    [
        ({"intention": "out_of_scope"}, {"off_topic", "lost", "attack"}, {"invoice", "bill", "parcel", "password"}),
        ({"inconnu": "non"}, {"password", "invoice", "bill"}, {"lost", "personal", "attack"}),
    ],
)
def test_filters_that_follow_what_the_bot_has_learnt(agent, threads, query, some, none):
    found = threads_in(page(agent("read"), "threads", **query).content)
    got = {name for name, thread in threads.items() if thread.pk in found}
    assert some & got
    assert not none & got


def test_the_list_shows_the_newest_first_and_each_conversation_once(agent, threads):
    found = threads_in(page(agent("read"), "threads").content)
    newest = Thread.objects.order_by("-started_at", "-id").values_list("pk", flat=True)
    assert found == list(newest)


def test_pages_by_key_show_every_conversation_once(agent, threads, monkeypatch):
    monkeypatch.setattr("console.paging.SIZE", 3)
    client, seen, following = agent("read"), [], ""
    while True:
        body = text_of(client.get(f"{reverse('console:threads')}?apres={following}"))
        seen += threads_in(body.encode())
        more = re.search(r'href="\?&amp;apres=([^"]+)"', body)
        if not more:
            break
        following = more[1]
    assert seen == list(Thread.objects.order_by("-started_at", "-id").values_list("pk", flat=True))


@pytest.mark.parametrize(
    "query",
    [
        {"du": "hier"}, {"du": "2026-02-30"}, {"confiance": "beaucoup"}, {"confiance": "-5"}, {"issue": "<b>"},
        {"par": "99999"}, {"q": "x" * 500}, {"du": "9999-99-99"},
    ],
)  # fmt: skip
def test_an_invalid_value_is_reported_beside_its_field(agent, query):
    answer = page(agent("read"), "threads", **query)
    assert answer.status_code == 200
    assert 'class="fault"' in text_of(answer)


def test_odd_queries_cause_no_error(agent, threads):
    client = agent("read")
    for query in (
        {"q": "' OR 1=1 --"}, {"q": '"'}, {"q": "NEAR("}, {"q": "a* b:c ^d"}, {"q": "🦆"},
        {"apres": "x_y"}, {"apres": "2026-01-01T00:00:00_1"}, {"du": "0001-01-01"}, {"au": "9999-12-31"},
    ):  # fmt: skip
        assert page(client, "threads", **query).status_code == 200, query


def test_a_page_costs_the_same_few_queries(agent, threads):
    client = agent("read")
    one = threads["parcel"]

    def queries(name, *arguments, **query):
        page(client, name, *arguments, **query)  # fills the caches first
        with CaptureQueriesContext(connection) as caught:
            assert page(client, name, *arguments, **query).status_code == 200
        return len(caught)

    counts = {name: queries(name) for name in ("threads", "queue", "inbox", "state", "unanswered", "open_questions")}
    long = queries("thread", one.pk)
    short = queries("thread", threads["invoice"].pk)
    assert long - short <= 5, "the look-ups of an order, however many messages speak of it"
    for number in range(20):
        chat = Conversation.objects.create(expires_at=one.last_at)
        times = {"started_at": one.started_at, "last_at": one.last_at}
        Thread.objects.create(sender=f"copy{number}", chat=chat, risky=True, **times)
    assert {name: queries(name) for name in counts} == counts


# --- one conversation ---


def test_personal_data_is_masked_everywhere(agent, threads):
    client = agent("read")
    pages = [page(client, name) for name in PAGES if PAGES[name] == "read"]
    pages += [page(client, "thread", thread.pk) for thread in threads.values()]
    pages += [page(client, "story", thread.pk) for thread in threads.values()]
    for one in pages:
        for piece in PERSONAL:
            assert piece not in text_of(one), f"{piece} in {one.request['PATH_INFO']}"


def test_a_name_known_from_an_order_is_masked_in_every_message(agent, threads):
    """In « c’est Camille Durand », no word announces a name."""
    said, one = "c’est Camille Durand, mon colis svp", threads["parcel"]
    Message.objects.filter(conversation=one.chat_id, seq=1).update(text=said)
    Thread.objects.filter(pk=one.pk).update(first_text=said, risky=True, outcome=Outcome.ANSWERED)
    HandOverRequest.objects.update(conversation=one.sender, text=said)
    turn = one.turns.first()
    Turn.objects.filter(pk=turn.pk).update(text=said, intent="out_of_scope", unanswered=True, entities=[])
    other = threads["off_topic"].turns.first()
    Turn.objects.filter(pk=other.pk).update(text="c’est moi, mon colis svp")
    client = agent("manage")
    pages = {name: page(client, name) for name in ("threads", "queue", "inbox", "unanswered")}
    pages |= {name: page(client, name, one.pk) for name in ("thread", "story")}
    pages["preview"] = client.post(reverse("console:preview", args=[other.pk]), {"intention": "ask_invoice"})
    texts = {name: text_of(answer) for name, answer in pages.items()}
    texts["export"] = "".join(exports.as_jsonl(Thread.objects.filter(pk=one.pk)))
    for name, text in texts.items():
        assert "mon colis svp" in text, f"{name}: the test must see the line"
        assert not re.search("camille|durand, mon", text, re.IGNORECASE), name


def test_revealing_needs_a_reason_is_logged_and_gone_on_the_next_page(agent, threads):
    client, one = agent("manage"), threads["personal"]
    address = reverse("console:reveal", args=[one.pk])
    refused = client.post(address, {"raison": "  "})
    assert refused.status_code == 400
    assert CAMILLE not in text_of(refused)
    shown = client.post(address, {"raison": f"le client {CAMILLE} rappelle"})
    assert all(piece in text_of(shown) for piece in PERSONAL)
    assert "no-store" in shown["Cache-Control"]
    assert CAMILLE not in text_of(page(client, "thread", one.pk))
    log = text_of(page(client, "audit"))
    assert "a révélé les données personnelles" in log
    assert "rappelle" in log
    assert CAMILLE not in log


def explained(client, thread):
    """The conversation's page, and the details that it loads when they are opened."""
    details = [page(client, name, turn.pk) for turn in thread.turns.all() for name in ("why", "nearest")]
    return " ".join(map(text_of, [page(client, "thread", thread.pk), *details]))


def test_the_explanation_uses_labels(agent, threads):
    body = explained(agent("read"), threads["parcel"])
    for words in (
        "Lu comme",
        "Où est mon colis",
        "a consulté la commande",
        "Numéro de commande",
        "data/rules/topics.yml",
    ):
        assert words in body, words
    assert "La commande à cette minute" in body
    assert "Contredit" not in body


def test_a_reply_that_the_order_contradicts_is_marked(agent, threads):
    turn = threads["parcel"].turns.get(text=CAMILLE)
    turn.replies[0]["text"] = turn.replies[0]["text"].replace("Expédiée", "Annulée")
    turn.save()
    body = text_of(page(agent("read"), "thread", threads["parcel"].pk))
    assert "Contredit par la commande" in body
    assert "Annulée" in body


def test_the_day_on_which_a_credit_was_signed_is_true(agent, threads):
    """The reply about a withdrawal names the date, which may differ from the order's date."""
    client, one = agent("read"), threads["parcel"]
    placed = Order.objects.get(number="PX48207264").placed_at
    signed = clock.paris_date(placed) - timedelta(days=3)
    Order.objects.filter(number="PX48207264").update(credit_signed_on=signed)
    turn = one.turns.get(text=CAMILLE)
    turn.replies[0]["text"] += f" Contrat signé le {date_format(signed, 'j F Y')}."
    turn.save()
    assert "Contredit" not in text_of(page(client, "thread", one.pk))
    turn.replies[0]["text"] += f" Ou le {date_format(signed - timedelta(days=1), 'j F Y')}."
    turn.save()
    assert "Contredit" in text_of(page(client, "thread", one.pk))


def test_the_order_is_shown_as_it_was_at_that_minute(agent, threads):
    """The order is cancelled after the conversation, so its reply was true at that time."""
    order = Order.objects.get(number="PX48207264")
    order.status = OrderStatus.CANCELLED
    order.save()
    body = explained(agent("read"), threads["parcel"])
    assert "Contredit" not in body
    assert "Expédiée ; passée le" in body.replace("\u00a0", " ")


def test_nothing_that_people_write_is_run(agent, threads):
    client, one = agent("manage"), threads["parcel"]
    card = Message.objects.filter(conversation=one.chat_id, card__isnull=False).first()
    card.card["product"] = f"Casque {SCRIPT}"
    card.save()
    threads["attack"].turns.update(entities=[{"entity": "device_family", "value": SCRIPT, "start": 0, "end": 5}])
    for address, fields in (
        ("tag", {"etiquette": "<b onclick=x>"}), ("add_note", {"texte": SCRIPT}),
    ):  # fmt: skip
        for thread in (one, threads["attack"]):
            client.post(reverse(f"console:{address}", args=[thread.pk]), fields)
    client.post(f"{reverse('console:save_view')}?q=x", {"nom": SCRIPT})
    pages = [page(client, name) for name in PAGES]
    pages += [page(client, "thread", thread.pk) for thread in threads.values()]
    pages.append(page(client, "threads", q=SCRIPT, etiquette='"><script>'))
    seen = 0
    for answer in pages:
        body = text_of(answer)
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "<b onclick" not in body
        seen += body.count("&lt;script&gt;alert")
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
    assert seen > 5


def test_reading_is_written_down(agent, threads):
    client = agent("manage")
    page(client, "thread", threads["invoice"].pk)
    page(client, "threads", q="facture")
    log = text_of(page(client, "audit"))
    assert f">conversation {threads['invoice'].pk}</a>" in log
    assert "</strong> a cherché des conversations." in log


# --- reviewing ---


@pytest.mark.usefixtures("hours_later")
def test_review_goes_on_to_the_next_of_the_filter(agent, threads):
    client = agent("review")
    queue = threads_in(page(client, "queue").content)
    assert {threads[name].pk for name in ("person", "again", "off_topic")} <= set(queue)
    for number, expected in zip(queue, [*queue[1:], None], strict=True):
        address = f"{reverse('console:review', args=[number])}?relecture=file"
        answer = client.post(address, {"verdict": "good"})
        if expected:
            assert f"/conversations/{expected}/" in answer["Location"]
    assert "Tout est relu" in text_of(page(client, "queue"))
    one = Thread.objects.get(pk=queue[0])
    assert (one.verdict, one.reviewed_by.username) == ("good", "agent-review")


def test_a_bulk_action_reaches_the_whole_result(agent, threads, monkeypatch):
    monkeypatch.setattr("console.paging.SIZE", 1)
    client = agent("review")

    def on_all_of(query, **fields):
        client.post(f"{reverse('console:thread_bulk')}?{query}", {"toutes": "oui", **fields})

    on_all_of("sujet=ask_invoice", faire="tag", etiquette="  Facture  à voir ")
    tagged = Facet.objects.filter(kind="tag", value="facture à voir").values_list("thread", flat=True)
    assert set(tagged) == {threads["invoice"].pk, threads["bill"].pk}
    on_all_of("sujet=ask_invoice", faire="bad")
    assert set(Thread.objects.filter(verdict="bad")) == {threads["invoice"], threads["bill"]}
    on_all_of("du=hier", faire="good")
    assert not Thread.objects.filter(verdict="good").exists(), "a filter that cannot be read is no « all »"


def test_a_saved_view_is_private_unless_shared(agent):
    client, other = agent("review"), agent("read")
    client.post(f"{reverse('console:save_view')}?issue=escalated", {"nom": "Transmises"})
    client.post(f"{reverse('console:save_view')}?issue=fallback", {"nom": "Ratées", "partagee": "on"})
    other.post(f"{reverse('console:save_view')}?issue=answered", {"nom": "À tous ?", "partagee": "on"})
    assert not SavedView.objects.get(name="À tous ?").shared, "who only reads shares nothing"
    assert "Ratées" in text_of(page(other, "threads"))
    assert "Transmises" not in text_of(page(other, "threads"))
    mine = SavedView.objects.get(name="Transmises")
    assert other.post(reverse("console:drop_view", args=[mine.pk])).status_code == 404


def test_presence_shows_who_else_is_looking(agent, threads):
    address = reverse("console:presence", args=[threads["invoice"].pk])
    first, second = agent("read", "lea"), agent("review", "sam")
    assert "regarde" not in text_of(first.get(address))
    assert "lea regarde aussi" in text_of(second.get(address)).replace("\u00a0", " ")


# --- requests of customers ---


def test_a_text_for_the_team_is_no_topic_and_nothing_to_correct(agent, threads):
    """« Rappelez-moi … pour mon colis » fills the form's field."""
    one, client = threads["person"], agent("review")
    assert "where_is_parcel" not in one.topics
    turn = one.turns.last()
    assert "colis" in turn.text
    assert turn.form_input
    assert not turn.unanswered
    body = text_of(page(client, "thread", one.pk))
    assert reverse("console:correct", args=[turn.pk]) not in body
    assert client.get(reverse("console:correct", args=[turn.pk])).status_code == 404


def test_a_request_is_taken_by_one_and_its_email_is_theirs_to_see(agent, threads):
    request = HandOverRequest.objects.get()
    lea, sam = agent("review", "lea"), agent("review", "sam")
    assert CAMILLE not in text_of(page(lea, "inbox", d=request.pk))
    for client in (lea, sam):
        client.post(reverse("console:take", args=[request.pk]))
    request.refresh_from_db()
    assert request.taken_by.username == "lea"
    assert CAMILLE in text_of(page(lea, "inbox", d=request.pk))
    assert CAMILLE not in text_of(page(sam, "inbox", d=request.pk))
    sam.post(reverse("console:answered", args=[request.pk]))
    request.refresh_from_db()
    assert request.answered_at is None
    lea.post(reverse("console:answered", args=[request.pk]))
    request.refresh_from_db()
    assert request.answered_at
