"""Signing in to the console: lock-out, second factor, networks, expiring sessions."""

import re
import time
from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from chat.models import Conversation
from console.cidr import networks
from console.models import RecoveryDevice, Thread
from shop import clock

SIGN_IN = "/console/connexion/"
OFFICE = "198.51.100.7"
PASSWORD = "une phrase assez longue"


@pytest.fixture
def user(db):
    user = User.objects.create_user("lea", password=PASSWORD)
    user.groups.set([Group.objects.get(name="Gestion")])
    return user


def sign_in(client, password=PASSWORD, name="lea", **extra):
    return client.post(SIGN_IN, {"username": name, "password": password}, **extra)


def code_of(device, ahead=0):
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06}"


def test_the_right_password_opens_the_list(user):
    client = Client()
    assert sign_in(client)["Location"] == reverse("console:threads")
    assert client.get(reverse("console:enrol")).status_code == 200


@pytest.mark.parametrize(
    "named",
    ["//pirate.example", "https://pirate.example/console/", "/console/../x", "/admin/", "/console/export.csv"],
)
def test_a_link_to_the_sign_in_leads_to_a_page_of_the_console(user, named):
    fields = {"username": "lea", "password": PASSWORD, "next": named}
    assert Client().post(SIGN_IN, fields)["Location"] == reverse("console:threads")
    inside = reverse("console:statistics") + "?jours=7"
    assert Client().post(SIGN_IN, fields | {"next": inside})["Location"] == inside


def test_a_wrong_password_and_an_unknown_name_get_the_same_message(user):
    wrong = sign_in(Client(), "non").content.decode()
    unknown = sign_in(Client(), "non", "personne").content.decode()
    assert 'role="alert"' in wrong
    assert wrong.count("personne") == 0
    strip = lambda page, name: page.replace(f'value="{name}"', "").split("csrfmiddlewaretoken")[-1].split(">", 1)[1]  # noqa: E731
    assert strip(wrong, "lea") == strip(unknown, "personne")


def fail(times, name="lea", address=OFFICE):
    for _ in range(times):
        assert sign_in(Client(), "non", name, REMOTE_ADDR=address).status_code == 200


@pytest.mark.parametrize("name", ["lea", "personne"])
def test_five_wrong_passwords_lock_the_name_at_this_address_whether_it_exists_or_not(user, name):
    fail(5, name)
    locked = sign_in(Client(), PASSWORD, name, REMOTE_ADDR=OFFICE)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert "depuis cette adresse. Réessayez dans 15" in locked.content.decode()
    assert "personne" not in locked.content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in(Client(), PASSWORD, name, REMOTE_ADDR=OFFICE).status_code in (200, 302)


def test_whoever_has_a_whole_network_is_one_address(user):
    """An IPv6 /64, and both notations of IPv4: another address of the same network does not reset the count."""
    for number in range(5):
        fail(1, address=f"2001:db8:1:2::{number}")
    assert sign_in(Client(), REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="2001:db8:1:3::1").status_code == 302
    fail(5, address=f"::ffff:{OFFICE}")
    assert sign_in(Client(), REMOTE_ADDR=OFFICE).status_code == 429


def test_a_stranger_locks_nobody_out_elsewhere(user):
    for number in range(1, 6):
        fail(5, address=f"203.0.113.{number}")
    assert sign_in(Client(), REMOTE_ADDR=OFFICE).status_code == 302


def test_a_colleague_who_forgot_the_password_does_not_lock_the_office_out(user):
    User.objects.create_user("max", password=PASSWORD)
    fail(5, "max")
    assert sign_in(Client(), name="max", REMOTE_ADDR=OFFICE).status_code == 429
    assert sign_in(Client(), REMOTE_ADDR=OFFICE).status_code == 302


def test_an_address_that_tries_many_names_is_slowed_down(user):
    for number in range(20):
        fail(1, f"name{number}")
    slowed = sign_in(Client(), REMOTE_ADDR=OFFICE)
    assert slowed.status_code == 429
    assert 0 < int(slowed["Retry-After"]) <= 30
    assert sign_in(Client(), REMOTE_ADDR="203.0.113.8").status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(seconds=31))
    assert sign_in(Client(), REMOTE_ADDR=OFFICE).status_code == 302


def test_who_signed_in_from_there_before_is_not_slowed_down(user):
    sign_in(Client(), REMOTE_ADDR=OFFICE)
    for number in range(20):
        fail(1, f"name{number}")
    assert sign_in(Client(), REMOTE_ADDR=OFFICE).status_code == 302
    AccessLog.objects.update(attempt_time=timezone.now() - timedelta(days=31))
    assert sign_in(Client(), REMOTE_ADDR=OFFICE).status_code == 429


def steps(client, name="threads"):
    """The URL to which a page redirects a user who may not see it yet."""
    return client.get(reverse(f"console:{name}")).get("Location")


def enrolled(user, ahead=0):
    """A client that set up the second factor through the pages, and its recovery codes."""
    client = Client()
    sign_in(client, name=user.get_username())
    client.get(reverse("console:enrol"))
    device = TOTPDevice.objects.get(user=user, confirmed=False)
    page = client.post(reverse("console:enrol"), {"code": code_of(device, ahead)}).content.decode()
    return client, re.findall(r"<li><code>(.+?)</code>", page)


def enter(client, code):
    return client.post(reverse("console:second_factor"), {"code": code})


def no_throttle():
    for model in (TOTPDevice, RecoveryDevice):
        model.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)


def test_the_role_manage_must_have_a_second_factor(user):
    client = Client()
    sign_in(client)
    for name in ("threads", "audit", "account", "team"):
        assert steps(client, name) == reverse("console:enrol"), name
    assert client.post(reverse("console:renew_codes"))["Location"] == reverse("console:enrol")
    page = client.get(reverse("console:enrol")).content.decode()
    assert "data:image/svg+xml" in page
    assert "Votre rôle" in page
    client, codes = enrolled(user)
    assert len(set(codes)) == 10
    assert client.get(reverse("console:audit")).status_code == 200
    assert client.post(reverse("console:leave_second_factor")).status_code == 302
    assert TOTPDevice.objects.get().confirmed, "the role must have it"


@pytest.mark.parametrize("role", ["Lecture", "Relecture"])
def test_the_other_roles_may_have_one_and_may_leave_it(user, role):
    user.groups.set([Group.objects.get(name=role)])
    client = Client()
    sign_in(client)
    assert client.get(reverse("console:threads")).status_code == 200
    client, _ = enrolled(user)
    client.post(reverse("console:leave_second_factor"))
    assert not TOTPDevice.objects.exists()
    assert not RecoveryDevice.objects.exists()


def test_in_the_demo_the_second_factor_is_optional_and_every_page_says_so(user, settings):
    settings.CONSOLE_SECOND_FACTOR = "optional"
    client = Client()
    sign_in(client)
    assert "Démonstration" in client.get(reverse("console:threads")).content.decode()


def test_the_code_is_asked_for_after_the_password_and_is_used_once(user):
    enrolled(user)
    other = Client()
    sign_in(other)
    for name in ("threads", "audit", "account", "enrol"):
        assert steps(other, name) == reverse("console:second_factor"), name
    assert other.post(reverse("console:leave_second_factor"))["Location"] == reverse("console:second_factor")
    device = TOTPDevice.objects.get()
    assert "pas le bon" in enter(other, code_of(device)).content.decode(), "the set-up's code is used again"
    no_throttle()
    code = code_of(device, ahead=1)
    assert enter(other, f"{code[:3]} {code[3:]}").status_code == 302
    assert other.get(reverse("console:threads")).status_code == 200
    no_throttle()
    third = Client()
    sign_in(third)
    assert "pas le bon" in enter(third, code).content.decode(), "a code is used a second time"


def test_a_recovery_code_replaces_the_phone_once(user):
    _, codes = enrolled(user)
    assert codes[0] not in str(RecoveryDevice.objects.values_list("salt", "digests")), "stored as a hash"
    for typed in (codes[0], codes[1].upper().replace("-", " ")):
        client = Client()
        sign_in(client)
        assert enter(client, typed).status_code == 302
        assert client.get(reverse("console:threads")).status_code == 200
    assert "8 codes de secours" in client.get(reverse("console:account")).content.decode()
    client = Client()
    sign_in(client)
    assert "pas le bon" in enter(client, codes[0]).content.decode()


def test_new_recovery_codes_replace_the_old_ones(user):
    client, codes = enrolled(user)
    page = client.post(reverse("console:renew_codes")).content.decode()
    assert page.count("<li><code>") == 10
    other = Client()
    sign_in(other)
    assert "pas le bon" in enter(other, codes[0]).content.decode()


@pytest.mark.parametrize("wrong", ["000000", "aaaaa-aaaaa"])
def test_codes_are_not_guessed(user, settings, wrong):
    """After a wrong code, even the right one is refused for longer than this test takes."""
    settings.OTP_TOTP_THROTTLE_FACTOR = 60
    _, codes = enrolled(user)
    client = Client()
    sign_in(client)
    enter(client, wrong)
    right = code_of(TOTPDevice.objects.get(), ahead=1) if wrong.isdigit() else codes[0]
    assert "Trop de codes faux" in enter(client, right).content.decode()
    assert steps(client) == reverse("console:second_factor")
    no_throttle()
    assert enter(client, right).status_code == 302


def test_wrong_codes_of_one_kind_do_not_lock_the_other(user, settings):
    settings.OTP_TOTP_THROTTLE_FACTOR = 60
    _, codes = enrolled(user)
    client = Client()
    sign_in(client)
    enter(client, "000000")
    assert enter(client, codes[0]).status_code == 302


def test_a_lead_resets_a_colleagues_factor_and_the_journal_says_so(user):
    lead, _ = enrolled(user)
    colleague = User.objects.create_user("max", password=PASSWORD)
    colleague.groups.set([Group.objects.get(name="Gestion")])
    theirs, _ = enrolled(colleague)
    assert "max" in lead.get(reverse("console:team")).content.decode()
    lead.post(reverse("console:reset_second_factor", args=[colleague.pk]))
    assert steps(theirs) == reverse("console:enrol"), "the session that is open loses it too"
    entry = LogEntry.objects.get(additional_data__deed="second_factor_reset")
    assert (entry.actor, entry.additional_data["of"]) == (user, "max")
    assert lead.post(reverse("console:reset_second_factor", args=[user.pk])).status_code == 404, "not one's own"
    assert TOTPDevice.objects.filter(user=user).exists()


def test_a_command_lets_a_lead_in_who_lost_everything(user):
    enrolled(user)
    call_command("reset_second_factor", "lea")
    client = Client()
    sign_in(client)
    assert steps(client) == reverse("console:enrol")
    assert LogEntry.objects.get(additional_data__deed="second_factor_reset").object_repr == "lea"
    for name in ("lea", "personne"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", name)


def test_a_password_alone_does_not_open_the_admin(db):
    root = User.objects.create_superuser("root", password=PASSWORD)
    client = Client()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(SIGN_IN)
    sign_in(client, name="root")
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == reverse("console:enrol")
    client, _ = enrolled(root)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("10.1.2.3", 200), ("::ffff:10.1.2.3", 200), ("2001:db8::5", 200), ("203.0.113.9", 403), ("2001:db9::1", 403),
        ("::ffff:203.0.113.9", 403), ("", 403), ("x", 403),
    ],
)  # fmt: skip
def test_the_console_is_kept_to_named_networks(db, settings, address, status):
    settings.CONSOLE_NETWORKS = networks("10.0.0.0/8, 2001:db8::/32")
    answer = Client().get(SIGN_IN, REMOTE_ADDR=address)
    assert answer.status_code == status
    assert ("depuis le réseau de l’équipe" in answer.content.decode()) == (status == 403)
    assert Client().get("/admin/", REMOTE_ADDR=address).status_code in (302, status)
    assert Client().get("/", REMOTE_ADDR=address).status_code == 200, "customers come from anywhere"


@pytest.mark.parametrize("listed", ["10.0.0.0/33", "bureau", "10.0.0.1/8"])
def test_an_invalid_network_stops_the_process(listed):
    with pytest.raises(ImproperlyConfigured, match="CONSOLE_NETWORKS"):
        networks(listed)


@pytest.fixture
def reader(user):
    user.groups.set([Group.objects.get(name="Lecture")])
    client = Client()
    sign_in(client)
    return client


def test_a_session_ends_after_two_hours_and_at_sign_out(reader):
    session = Session.objects.get()
    assert timedelta(minutes=110) < session.expire_date - timezone.now() <= timedelta(hours=2)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert reader.get(reverse("console:threads")).status_code == 302
    sign_in(reader)
    reader.post(reverse("console:sign_out"))
    assert reader.get(reverse("console:threads")).status_code == 302


def test_a_page_keeps_the_session_alive_and_what_it_calls_by_itself_does_not(reader):
    soon = timezone.now() + timedelta(minutes=5)
    chat = Conversation.objects.create(address="x", expires_at=soon)
    thread = Thread.objects.create(chat=chat, sender=chat.id.hex, started_at=soon, last_at=soon)
    Session.objects.update(expire_date=soon)
    assert reader.get(reverse("console:presence", args=[thread.pk])).status_code == 200
    assert Session.objects.get().expire_date == soon
    assert reader.get(reverse("console:threads")).status_code == 200
    assert Session.objects.get().expire_date > soon + timedelta(hours=1)


def test_a_busy_session_ends_after_a_working_day(reader, monkeypatch):
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(hours=11, minutes=59))
    assert reader.get(reverse("console:threads")).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(hours=12, minutes=1))
    assert steps(reader) == reverse("console:sign_in")
    monkeypatch.undo()
    assert steps(reader) == reverse("console:sign_in")


def test_cookies_are_not_for_scripts_nor_for_other_sites(user):
    client = Client()
    sign_in(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["max-age"], "it ends with the browser"


def test_a_page_that_htmx_asks_for_goes_to_the_sign_in(user):
    answer = Client().get(reverse("console:threads"), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("console:sign_in")


def test_a_deactivated_account_is_signed_out_at_once(user):
    client = Client()
    sign_in(client)
    user.groups.clear()
    assert client.get(reverse("console:threads")).status_code == 403
    user.is_active = False
    user.save()
    assert client.get(reverse("console:threads")).status_code == 302


@pytest.mark.parametrize(
    "call",
    [
        {"data": {"username": "lea\0", "password": "x"}}, {"data": {"username": "lea", "pass\0word": "x"}},
        {"data": {}, "query_params": {"next": "\0"}}, {"data": {}, "headers": {"Cookie": r'sessionid="abc\000defgh"'}},
    ],
)  # fmt: skip
def test_nul_is_refused_before_it_reaches_the_database(db, call):
    answer = Client().post(SIGN_IN, **call)
    assert answer.status_code == 400
    assert "illisible" in answer.content.decode()


def test_the_inbox_keeps_no_session_alive_and_its_stream_asks_for_the_code_too(user, shared_connection):
    client = Client()
    sign_in(client)
    assert client.get(reverse("console:inbox_stream")).status_code == 403, "a password alone"
    client, _ = enrolled(user)
    soon = timezone.now() + timedelta(minutes=5)
    Session.objects.update(expire_date=soon)
    client.post(reverse("console:be_present"), {"disponible": "1"})
    client.get(reverse("console:inbox_list"))
    assert {one.expire_date for one in Session.objects.all()} == {soon}
    assert client.get(reverse("console:inbox_stream")).status_code == 200
