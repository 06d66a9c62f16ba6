"""A new SECRET_KEY or BOT_SECRET invalidates nothing while the old one is still listed (docs/operations.md).

Locks: tests/unit/test_access.py and tests/unit/test_addresses.py.
"""

import os
import subprocess
import sys
import uuid

import pytest

from bot.channel import ChatChannel, RequestRefused
from chat import tokens
from console.models import Erasure
from console.privacy import erase
from harness.project import ROOT

OLD, NEW = "o" * 50, "n" * 50


def test_a_conversation_goes_on(settings):
    settings.SECRET_KEY = OLD
    token = tokens.issue(conversation := uuid.uuid4())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert tokens.conversation_of(token) == conversation
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(tokens.InvalidToken):
        tokens.conversation_of(token)


@pytest.mark.parametrize("listed", ["SECRET_KEY_FALLBACKS", "SECRET_KEYS_RETIRED"])
def test_a_receipt_proves_an_erasure(db, settings, listed):
    settings.SECRET_KEY = OLD
    receipt = Erasure.objects.create(whom=erase.fingerprint("camille@example.com"), counts={})
    settings.SECRET_KEY = NEW
    assert not erase.receipts_of("camille@example.com")
    setattr(settings, listed, [OLD])
    assert list(erase.receipts_of("camille@example.com")) == [receipt]
    assert not erase.receipts_of("someone@example.com")


def test_the_bot_accepts_both_secrets_and_no_other(settings):
    settings.BOT_SECRET, settings.BOT_SECRET_FALLBACKS = NEW, [OLD]
    channel = ChatChannel.from_credentials(None)
    for secret in (NEW, OLD):
        channel._check_secret(_request(f"Bearer {secret}"))
    for wrong in ("", "Bearer ", f"Bearer {NEW},{OLD}", "Bearer x", "Bearer é"):
        with pytest.raises(RequestRefused):
            channel._check_secret(_request(wrong))


def _request(authorization):
    class Headers:
        headers = {"authorization": authorization}

    return Headers()


def test_each_process_reads_its_former_secrets_from_the_environment():
    show = "from django.conf import settings as s; print({})"
    given = {"SECRET_KEY_FALLBACKS": f"{OLD},{NEW}", "SECRET_KEYS_RETIRED": OLD, "BOT_SECRET_FALLBACKS": NEW}
    web = _python(
        show.format("s.SECRET_KEY_FALLBACKS, s.SECRET_KEYS_RETIRED, s.BOT_SECRET_FALLBACKS"), "web.settings", given
    )
    assert web == f"{[OLD, NEW]} {[OLD]} {[NEW]}"
    hidden = "s.BOT_SECRET_FALLBACKS, [n for n in __import__('os').environ if n.startswith('SECRET_KEY')]"
    assert _python(show.format(hidden), "web.settings_bot", given) == f"{[NEW]} []"


def _python(code, settings_module, given):
    env = os.environ | given | {"DJANGO_SETTINGS_MODULE": settings_module}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    ).stdout.strip()
