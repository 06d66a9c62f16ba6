"""Erases a conversation or a person everywhere: chat, Rasa's store, the console, the training lines made from it.

Exports are streamed and never stored. The shop's orders are no conversations, so they are not erased. A receipt with
counts and a salted hash is stored: it proves the erasure to someone who knows the person's e-mail or number.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from chat import conversations, handover, redaction
from chat.bot import Bot, BotFailed, BotUnavailable
from chat.models import Conversation, HandOverRequest, Message, RequestAddition
from console.indexing import changed_days
from console.indexing.threads import refresh, reread_from
from console.models import Correction, Erasure, Thread
from console.privacy import person as persons
from console.privacy.traces import overwrite
from console.training import training_changes
from shop import access

UNFINISHED = "L’effacement n’est pas complet\u00a0: recommencez."


class ErasureIncomplete(Exception):
    """A dependency was unavailable: the erasure is incomplete and must be repeated. The message is in French."""


def erase_person(person: str, user: User | None) -> Erasure:
    """Erase the person's conversations, and other rows that contain their identifier. Raises ErasureIncomplete."""
    counts = _erase(persons.threads_of(person), persons.unindexed_of(person))
    counts["demandes"] += persons.requests_of(person).delete()[0] + persons.additions_of(person).delete()[0]
    counts["essais comptés"] += access.forget([], email=person, number=person)
    counts["vues enregistrées"] += persons.views_of(person).delete()[0]
    return _receipt(person, counts, user)


def erase_thread(thread: Thread, user: User | None) -> Erasure:
    """Erase one conversation. Raises ErasureIncomplete."""
    return _receipt(thread.sender, _erase([thread]), user)


def erase_message(thread: Thread, message: Message) -> None:
    """Erase one message: its text, what was derived from it, and the training lines made from it.

    Our tables change at once; the bot's store follows as soon as the bot answers (chat/redaction.py).
    """
    with transaction.atomic():
        training_changes.withdraw(Correction.objects.filter(turn__thread=thread, turn__seq=message.seq))
        if not message.photos:  # the text of a message of photos is only their number
            _erase_quotes(thread, message)
        redaction.erase_message(message)
        reread_from(message)
        refresh(Conversation.objects.get(pk=thread.chat_id))
        transaction.on_commit(overwrite)


def _erase_quotes(thread: Thread, message: Message) -> None:
    """Erase the message's text from the requests of its conversation."""
    for kind in (HandOverRequest, RequestAddition):
        for left in kind.objects.filter(conversation=thread.sender, text__contains=message.text):
            left.text = left.text.replace(message.text, redaction.ERASED)
            left.save(update_fields=["text"])
    for quoted in HandOverRequest.objects.filter(conversation=thread.sender, answer__contains=message.text):
        quoted.answer = quoted.answer.replace(message.text, redaction.ERASED)
        quoted.save(update_fields=["answer"])


def receipts_of(person: str) -> QuerySet[Erasure]:
    """The receipts that prove an erasure of this person, also those written under a former SECRET_KEY."""
    keys = settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *settings.SECRET_KEYS_RETIRED
    return Erasure.objects.filter(whom__in=[fingerprint(person, key) for key in keys])


def fingerprint(person: str, key: str | None = None) -> str:
    return salted_hmac("console.erasure", person, key).hexdigest()


def erase_in_rasa(senders: list[str]) -> None:
    """Have the bot erase its events. Raises ErasureIncomplete."""
    async_to_sync(_erase_in_bot)(senders)


async def _erase_in_bot(senders: list[str]) -> None:
    bot = Bot()
    try:
        for sender in senders:
            await _erase_sender(bot, sender)
    except (BotUnavailable, BotFailed) as fault:
        raise ErasureIncomplete(f"Le bot ne répond pas. {UNFINISHED}") from fault
    finally:
        await bot.close()


async def _erase_sender(bot: Bot, sender: str) -> None:
    """Try each bot process at most once: a failed request marks it unhealthy, so the next call picks another one."""
    for _ in settings.RASA_URLS[1:]:
        with suppress(BotUnavailable):
            await bot.erase_sender(sender)
            return
    await bot.erase_sender(sender)


def _erase(threads: list[Thread], unindexed: Sequence[Conversation] = ()) -> Counter[str]:
    """Erase the bot's data first, which may fail; then our tables, in one transaction.

    After a failure, the erasure can be repeated.
    """
    chats = [*(thread.chat for thread in threads if not thread.chat.erased_at), *unindexed]
    senders = [*(thread.sender for thread in threads), *(chat.id.hex for chat in unindexed)]
    counts: Counter[str] = Counter(conversations=len(senders))
    erase_in_rasa(senders)
    with transaction.atomic():
        counts["lignes d’entraînement"] = training_changes.withdraw(Correction.objects.filter(turn__thread__in=threads))
        for chat in chats:
            counts["messages"] += chat.messages.count()
            conversations.erase(chat.pk)
        for thread in threads:
            counts["tours"] += thread.turns.count()
            counts["notes"] += thread.notes.count()
            changed_days.mark([thread])
            thread.delete()
        counts["demandes"] += handover.forget(senders)
        counts["essais comptés"] += access.forget(senders)
    return counts


def _receipt(person: str, counts: Counter[str], user: User | None) -> Erasure:
    transaction.on_commit(overwrite)
    return Erasure.objects.create(user=user, whom=fingerprint(person), counts={k: n for k, n in counts.items() if n})
