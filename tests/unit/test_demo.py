import json
from datetime import date, timedelta

from django.core.management import call_command

from demo import catalog, records
from shop import access, clock
from shop.contacts import NATIONAL_PHONE, PHONE_URI
from shop.models import FailedLookup, Order, Shipment

LABELS = {
    "order": {"pending", "validated", "shipped", "shipped_today", "cancelled", "delivered_recent", "delivered_old",
              "personalised", "refurbished", "credit_contract", "second_of_shipped", "no_invoice"},
    "tradein": {"not_shipped", "shipped"},
}  # fmt: skip
FIELDS = {
    "label", "kind", "number", "email", "first_name", "last_name", "city", "status", "product", "seller", "carrier",
    "tracking_number", "placed_on", "shipped_on", "delivered_on", "personalised", "refurbished", "credit_contract",
}  # fmt: skip


def age(day: str) -> timedelta:
    return clock.paris_date(clock.now()) - date.fromisoformat(day)


def test_the_listing_has_every_label_and_field(db, capsys):
    call_command("demo", "--load", "--json")
    entries = json.loads(capsys.readouterr().out)
    assert all(set(entry) == FIELDS for entry in entries)
    for kind, labels in LABELS.items():
        assert {entry["label"] for entry in entries if entry["kind"] == kind} == labels


def test_each_entry_has_its_own_owner_but_the_second_of_shipped(shop):
    assert shop["second_of_shipped"]["email"] == shop["shipped"]["email"]
    others = [entry["email"] for label, entry in shop.items() if label != "second_of_shipped"]
    assert len(set(others)) == len(others)


def test_dates_are_those_the_labels_promise(shop):
    assert age(shop["shipped"]["shipped_on"]) == timedelta(2)
    for label in ("delivered_recent", "personalised", "refurbished"):
        assert timedelta(3) <= age(shop[label]["delivered_on"]) <= timedelta(10)
    assert age(shop["delivered_old"]["delivered_on"]) > timedelta(40)
    assert clock.now() - Shipment.objects.get(order__number=shop["shipped_today"]["number"]).shipped_at < timedelta(
        hours=4
    )


def test_loading_again_renews_the_demo_records_keeps_the_others_and_clears_the_locks(shop):
    other = Order.objects.get(number=shop["pending"]["number"])
    other.pk, other.number = None, "PX99999999"
    other.save()
    try:
        access.find_order("c", "PX00000000", "x@example.com")
    except access.NoMatch:
        assert FailedLookup.objects.exists()
    records.load()
    assert Order.objects.filter(number="PX99999999").exists()
    assert len(records.listing()) == len(shop)
    assert not FailedLookup.objects.exists()


def test_a_delivered_order_is_not_shown_as_on_its_way(shop):
    shown = {entry["label"]: entry["status"] for entry in catalog.orders() if entry["kind"] == "order"}
    assert (shown["shipped"], shown["delivered_recent"], shown["delivered_old"]) == ("Expédiée", "Livrée", "Livrée")
    assert shop["delivered_recent"]["status"] == "Expédiée"  # what the assistant says


def test_pages_give_the_phone_as_the_chat_does(client):
    for address in ("/contact", "/mentions-legales"):
        assert f'<a href="{PHONE_URI}">{NATIONAL_PHONE}</a>' in client.get(address).content.decode()


def test_a_product_has_its_page(shop, client):
    assert "Vendu par ImageMarket" in client.get("/produits/televiseur-samsung-50-pouces").content.decode()
    assert client.get("/produits/autre").status_code == 404
