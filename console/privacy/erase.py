"""Erasing a conversation or a person everywhere: chat, Rasa's store, the console, the training lines that came of it.

Exports are streamed and never kept. The shop's own orders are no conversation, and stay. What remains is a receipt with
counts and a salted hash, which proves the erasure to whoever can name the person again.
"""

from collections import Counter

from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from chat import conversations
from chat.bot import Bot, BotAway, BotFailed
from chat.models import HandOverRequest, Message
from console import search
from console.models import BadRow, Correction, Erasure, SavedView, Thread, Turn
from console.training import export
from shop import access
from shop.emails import normalised_email
from shop.numbers import order_number, tradein_number


class NotErased(Exception):
    """The bot is away and could not forget: nothing was erased. The message is a French sentence."""


class Nobody(ValueError):
    """Neither an e-mail nor a number; the message is a French sentence."""


def whom(typed: str) -> str:
    """The e-mail or number in its one form. Raises Nobody."""
    found = normalised_email(typed) or order_number(typed) or tradein_number(typed)
    if not found:
        raise Nobody("Donnez une adresse e-mail, un numéro de commande (PX…) ou de reprise (RP…).")
    return found


def threads_of(person: str) -> list[Thread]:
    """Every conversation in which this e-mail or number was written, given or left."""
    slots = Q(slots__email__iexact=person) | Q(slots__order_number=person) | Q(slots__tradein_number=person)
    ids = set(Turn.objects.filter(slots).values_list("thread", flat=True))
    ids |= set(search.matching(Thread.objects.all(), person).values_list("pk", flat=True))
    if digits := person[2:] if person[:2] in ("PX", "RP") else "":
        ids |= set(search.matching(Thread.objects.all(), digits).values_list("pk", flat=True))
    left = HandOverRequest.objects.filter(email__iexact=person).values_list("conversation", flat=True)
    ids |= set(Thread.objects.filter(sender__in=list(left)).values_list("pk", flat=True))
    return list(Thread.objects.filter(pk__in=ids).select_related("chat"))


def erase_person(person: str, user: User | None) -> Erasure:
    """Erase all of `threads_of` and what else names the person. Raises NotErased."""
    found = threads_of(person)
    counts = _erase(found)
    requests = HandOverRequest.objects.filter(Q(email__iexact=person) | Q(text__icontains=person))
    counts["demandes"] += requests.delete()[0]
    counts["essais comptés"] += access.forget([], email=person, number=person)
    counts["vues enregistrées"] += SavedView.objects.filter(query__icontains=person.split("@")[0]).delete()[0]
    return _receipt(person, counts, user)


def erase_thread(thread: Thread, user: User | None) -> Erasure:
    """Erase one conversation. Raises NotErased."""
    return _receipt(thread.sender, _erase([thread]), user)


def fingerprint(person: str) -> str:
    return salted_hmac("console.erasure", person).hexdigest()


def forget_in_rasa(senders: list[str]) -> None:
    """Have the bot erase its events. Raises NotErased."""
    async_to_sync(_forget)(senders)


async def _forget(senders: list[str]) -> None:
    bot = Bot()
    try:
        for sender in senders:
            await bot.forget_sender(sender)
    except (BotAway, BotFailed) as fault:
        raise NotErased("Le bot ne répond pas\u00a0: rien n’a été effacé. Réessayez dans un instant.") from fault
    finally:
        await bot.close()


def _erase(threads: list[Thread]) -> Counter[str]:
    """First what may fail: the training lines; the bot, so that nothing is copied from it again. Then all of ours."""
    senders = [thread.sender for thread in threads]
    counts: Counter[str] = Counter(conversations=len(threads))
    counts["lignes d’entraînement"] = _take_out_lines(threads)
    forget_in_rasa(senders)
    with transaction.atomic():
        for thread in threads:
            if thread.chat and not thread.chat.erased_at:
                counts["messages"] += Message.objects.filter(conversation=thread.chat).count()
                conversations.erase(thread.chat.pk)
            counts["tours"] += thread.turns.count()
            counts["notes"] += thread.remarks.count()
            thread.delete()
        counts["demandes"] += HandOverRequest.objects.filter(conversation__in=senders).delete()[0]
        BadRow.objects.filter(sender__in=senders).delete()
        counts["essais comptés"] += access.forget(senders)
    return counts


def _take_out_lines(threads: list[Thread]) -> int:
    corrections = list(Correction.objects.filter(turn__thread__in=threads, exported_at__isnull=False))
    try:
        return export.take_out(corrections)
    except OSError as fault:
        where = "Une ligne d’entraînement en vient, et les fichiers de data/nlu/ ne peuvent pas être écrits ici"
        raise NotErased(f"{where}\u00a0: rien n’a été effacé.") from fault


def overwrite() -> None:
    """SQLite keeps deleted words in its index and its log until they are written over."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO console_search(console_search) VALUES('optimize')")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _receipt(person: str, counts: Counter[str], user: User | None) -> Erasure:
    transaction.on_commit(overwrite)
    return Erasure.objects.create(user=user, whom=fingerprint(person), counts={k: n for k, n in counts.items() if n})
