"""Unanswered requests and conversations that were never indexed are purged after the retention period too."""

from datetime import timedelta

import pytest

from chat.models import Conversation, HandOverRequest, Message, Sender
from console.privacy.retention import purge, since
from shop import clock

pytestmark = pytest.mark.processes


def days_ago(days):
    return clock.now() - timedelta(days=days)


@pytest.mark.django_db
def test_an_unanswered_request_expires_by_its_creation_date():
    for name, came, answered in (
        ("forgotten", 425, None), ("waiting", 30, None), ("answered", 425, 420), ("late", 425, 30),
    ):  # fmt: skip
        HandOverRequest.objects.create(conversation=name, message_id="1", email="a@example.com", text="bonjour")
        times = {"created_at": days_ago(came), "answered_at": answered and days_ago(answered)}
        HandOverRequest.objects.filter(conversation=name).update(**times)
    assert purge(since("13 months"))["requests"] == 2
    assert set(HandOverRequest.objects.values_list("conversation", flat=True)) == {"waiting", "late"}


@pytest.mark.django_db
def test_the_bot_forgets_also_what_was_never_indexed(bot, settings):
    settings.RASA_URLS = [bot.env["RASA_URL"]]
    old, new = (converse(bot, days) for days in (425, 30))
    unused = Conversation.objects.create(expires_at=clock.now())
    Conversation.objects.filter(pk=unused.pk).update(opened_at=days_ago(425))
    assert purge(since("13 months"))["conversations"] == 2
    assert list(Conversation.objects.values_list("pk", flat=True)) == [new.pk]
    assert bot.rasa_messages(old.id.hex) == []
    assert len(bot.rasa_messages(new.id.hex)) == 1


def converse(bot, days):
    """A conversation of that day, which the bot has stored and the console has not indexed."""
    one = Conversation.objects.create(expires_at=clock.now(), last_seq=1, asked=1, answered=1)
    Message.objects.create(conversation=one, seq=1, sender=Sender.CUSTOMER, text="je voudrais ma facture")
    Message.objects.filter(conversation=one).update(at=days_ago(days))
    Conversation.objects.filter(pk=one.pk).update(opened_at=days_ago(days))
    bot.say(one.id.hex, "je voudrais ma facture")
    return one
