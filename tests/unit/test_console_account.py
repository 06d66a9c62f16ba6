"""Signing in to the console: lock-out, second factor, expiring sessions."""

import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

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
    assert client.get(reverse("console:threads")).status_code == 200


def test_a_wrong_password_and_an_unknown_name_read_alike(user):
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


def test_a_stranger_locks_nobody_out_elsewhere(user):
    for number in range(1, 30):
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


def test_the_second_factor(user):
    client = Client()
    sign_in(client)
    page = client.get(reverse("console:enrol"))
    assert "data:image/svg+xml" in page.content.decode()
    device = TOTPDevice.objects.get(user=user)
    refused = client.post(reverse("console:enrol"), {"code": "000000"})
    assert "pas le bon" in refused.content.decode()
    device.refresh_from_db()
    assert not device.confirmed
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post(reverse("console:enrol"), {"code": code_of(device)}).status_code == 302

    other = Client()
    sign_in(other)
    for name in ("threads", "audit", "account"):
        assert other.get(reverse(f"console:{name}"))["Location"] == reverse("console:second_factor"), name
    assert other.post(reverse("console:leave_second_factor"))["Location"] == reverse("console:second_factor")
    wrong = other.post(reverse("console:second_factor"), {"code": "000000"})
    assert "pas le bon" in wrong.content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    code = code_of(TOTPDevice.objects.get(), ahead=1)  # the first code was used
    assert other.post(reverse("console:second_factor"), {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert other.get(reverse("console:threads")).status_code == 200


def test_codes_are_not_guessed(user, settings):
    """After a wrong code, even the right one is refused for longer than this test takes."""
    settings.OTP_TOTP_THROTTLE_FACTOR = 60
    device = TOTPDevice.objects.create(user=user, name="console", confirmed=True)
    client = Client()
    sign_in(client)
    enter = lambda code: client.post(reverse("console:second_factor"), {"code": code})  # noqa: E731
    enter("000000")
    assert "pas le bon" in enter(code_of(device)).content.decode()
    assert client.get(reverse("console:threads"))["Location"] == reverse("console:second_factor")
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert enter(code_of(device)).status_code == 302


def test_a_session_ends_after_two_hours_and_at_sign_out(user):
    client = Client()
    sign_in(client)
    session = Session.objects.get()
    assert timedelta(minutes=110) < session.expire_date - timezone.now() <= timedelta(hours=2)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(reverse("console:threads")).status_code == 302
    sign_in(client)
    client.post(reverse("console:sign_out"))
    assert client.get(reverse("console:threads")).status_code == 302


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
