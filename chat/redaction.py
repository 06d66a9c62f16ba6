"""Replaces the text of stored messages: a piece of a card number, or what an agent erased.

The message and data derived from it are replaced at once; open windows get the new text (`Conversation.redacted`). The
bot's store is redacted as soon as the bot is available (chat/dispatch.py), and once more later, as after an erasure
(chat/leases.py).
"""

from django.db import transaction

from chat import pg_notify, photos
from chat.leases import ERASURE_REPEATS
from chat.models import Button, Conversation, Explanation, Message, Photo, Sender
from shop import clock
from shop.masking.traces import traces_of, without

# The fields of the conversation that `replace` changes.
CHANGED = ["redacted", "redacted_at", "redaction_due"]
ERASED = "[message effacé]"
REDACTION_LIMIT = 50


def replace(locked: Conversation, messages: list[Message], text: str) -> None:
    """Replace the texts of these messages by `text`. The caller has locked the conversation's row, and saves it."""
    traces = [trace for message in messages for trace in traces_of(message.text)]
    Message.objects.filter(pk__in=[one.pk for one in messages]).update(text=text, card=None, payload="", photos=None)
    photos.erase(Photo.objects.filter(message__in=messages))
    Button.objects.filter(message__in=messages).delete()
    first = min(message.seq for message in messages)
    for reply in locked.messages.filter(seq__gt=first, sender=Sender.BOT):
        reply.text, reply.card = without(reply.text, traces), without(reply.card, traces)
        reply.save(update_fields=["text", "card"])
    for explanation in Explanation.objects.filter(message__conversation=locked, message__seq__gte=first):
        explanation.data = without(explanation.data, traces)
        if explanation.message_id in {message.pk for message in messages}:
            explanation.data |= {"entities": [], "slots": {}}
        explanation.save(update_fields=["data"])
    locked.redacted = locked.redacted | {str(message.seq): text for message in messages}
    locked.redacted_at = locked.redaction_due = clock.now()


def erase_message(message: Message) -> None:
    """Erase one message of a conversation that is not erased as a whole."""
    with transaction.atomic():
        locked = Conversation.objects.select_for_update().get(pk=message.conversation_id)
        replace(locked, [message], ERASED)
        locked.unindexed = True
        locked.save(update_fields=[*CHANGED, "unindexed"])
        pg_notify.publish(locked.pk, sender=pg_notify.NO_WORKER)


def is_due(conversation: Conversation) -> bool:
    """Whether the bot's store may still contain a text that was replaced here."""
    return conversation.redaction_due is not None and conversation.redaction_due <= clock.now()


def due() -> list[Conversation]:
    """Conversations that are due to be redacted in the bot's store, for the first time or once more."""
    waiting = Conversation.objects.filter(redaction_due__lte=clock.now(), erased_at=None)
    return list(waiting[:REDACTION_LIMIT])


def mark_done(redacted: Conversation) -> None:
    """Schedule the next repetition after a successful redaction, because a suspended bot process may resume."""
    done = clock.now()
    later = [redacted.redacted_at + after for after in ERASURE_REPEATS if redacted.redacted_at]
    following = next((at for at in later if at > done), None)
    # Unless another message was redacted meanwhile.
    Conversation.objects.filter(pk=redacted.pk, redacted_at=redacted.redacted_at).update(redaction_due=following)
