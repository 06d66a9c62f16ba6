"""Who answers a conversation: the bot, then a person, then the bot again.

    bot → waiting → agent → bot        (take: from bot or waiting; hand back, close, release, put back: from agent)
                      agent → agent      (chat/transfer.py)

Every change locks the conversation's row and marks all messages so far as answered (`answered` = `asked`). Under the
same lock, chat/conversations.py stores an answer of the bot only for a message that is not marked yet. So after a
take-over, no answer of the bot is stored, even if the bot was already computing it. An agent's message is stored only
while that agent has the conversation.
"""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from chat import masking, pg_notify, pubsub, rows, service_periods, team, text
from chat.models import Conversation, Ending, HandOverReason, Message, Responder, Sender
from chat.system_messages import CLOSED, JOINED, LEFT_QUEUE, NOBODY, RELEASED, REQUEUED, RESUMED, UNANSWERED_OFFER
from chat.updates import Posted, Updates
from shop import clock
from shop.unicode import NO_BREAK

# The payload of the button that leaves the queue. It never reaches Rasa, which has no such intent.
LEAVE_QUEUE = "/leave_queue"
_REQUEST_BUTTON = {"title": "Laisser une demande", "payload": "/leave_message"}
# A waiting customer may go back to the bot, or leave an e-mail address.
QUEUE_BUTTONS = ({"title": "Revenir à l’assistant", "payload": LEAVE_QUEUE}, _REQUEST_BUTTON)


class NotYours(Exception):
    """This agent does not have the conversation. `holder`: the name of the agent who has it, or an empty string."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class Unseen(Exception):
    """The agent sent a message without having seen the customer's latest one."""


def start_waiting(locked: Conversation, reason: str) -> None:
    """Put a locked conversation into the queue; the caller saves it."""
    if locked.is_with_bot:
        change(locked, Responder.WAITING, reason=HandOverReason(reason), ending=Ending.RELEASED)


def stop_waiting(locked: Conversation) -> None:
    """Return a waiting customer, who pressed one of the bot's buttons, to the bot; the caller saves the row."""
    if locked.responder == Responder.WAITING:
        change(locked, Responder.BOT, ending=Ending.LEFT)


def take(conversation: uuid.UUID, agent: User) -> None:
    """Assign the conversation to this agent. If two agents take it at the same time, the second one gets NotYours.

    Raises ConversationClosed too.
    """
    with transaction.atomic():
        _take(rows.lock_active(conversation), agent)
    pubsub.publish(conversation)


def reply(conversation: uuid.UUID, agent: User, client_id: uuid.UUID, typed: str, seen: int) -> bool:
    """Store the agent's message; True if it took the conversation. A repeated `client_id` does nothing.

    `seen`: the number of the last message on the agent's page. Raises NotYours, Unseen, text.Unreadable or
    ConversationClosed.
    """
    body = masking.mask(text.clean(typed))
    with transaction.atomic():
        locked = rows.lock_active(conversation)
        if Message.objects.filter(conversation=locked, client_id=client_id).exists():
            return False
        if not locked.asked <= seen <= locked.last_seq:
            raise Unseen
        takes = locked.agent_id != agent.pk or locked.responder != Responder.AGENT
        if takes:
            _take(locked, agent)
        name = team.display_name(agent)
        message = rows.append(locked, Sender.AGENT, body, client_id=client_id, author=name)
        message.save(force_insert=True)
        locked.agent_seq = message.seq
        service_periods.note_reply(locked)
        save(locked)
    pubsub.publish(conversation)
    return takes


def hand_back(conversation: uuid.UUID, agent: User, topic: str = "") -> None:
    """Let the bot answer again; the customer gets a message that names this topic.

    Raises NotYours or ConversationClosed.
    """
    _return_to_bot(conversation, agent, RESUMED, Ending.HANDED_BACK, topic)


def put_back(conversation: uuid.UUID, agent: User, topic: str = "") -> bool:
    """Undo a take: the customer returns to the queue or to the bot. False if the agent has written meanwhile.

    Raises NotYours or ConversationClosed.
    """
    with transaction.atomic():
        locked = held(conversation, agent)
        if locked.service_periods.filter(ended_at=None, replied_at__isnull=False).exists():
            return False
        if locked.reason:
            change(locked, Responder.WAITING, reason=locked.reason, ending=Ending.RELEASED)
            said = rows.plain(REQUEUED, *QUEUE_BUTTONS)
        else:
            change(locked, Responder.BOT, ending=Ending.HANDED_BACK)
            said = rows.plain(RESUMED.format(about=about(locked, topic)))
        rows.add_replies(locked, [said])
        save(locked)
    pubsub.publish(conversation)
    return True


def close(conversation: uuid.UUID, agent: User) -> None:
    """End the exchange; the bot handles the next message. Raises NotYours or ConversationClosed."""
    _return_to_bot(conversation, agent, CLOSED, Ending.CLOSED)


def leave_queue(locked: Conversation, client_id: uuid.UUID, title: str) -> Posted:
    """Post the customer's press of the button LEAVE_QUEUE. It has no effect if a person already answers."""
    message = rows.append(
        locked, Sender.CUSTOMER, title, client_id=client_id, payload=LEAVE_QUEUE, for_team=not locked.is_with_bot
    )
    message.save(force_insert=True)
    locked.asked = message.seq
    said = [message]
    if locked.responder == Responder.AGENT:
        locked.answered = message.seq
    else:
        change(locked, Responder.BOT, ending=Ending.LEFT)
        said += rows.add_replies(locked, [rows.plain(LEFT_QUEUE.format(about=about(locked)))])
    save(locked)
    return Posted(locked.id, message.seq, None, Updates.of(locked, said))


def release_stale() -> list[uuid.UUID]:
    """Release conversations whose agent does not answer or does not come, and return them.

    Every web process calls it once a second. Customers return to the queue if their agent is absent or has not replied
    for TEAM_REPLY_MINUTES, or if the colleague to whom they were offered has not answered for TEAM_OFFER_MINUTES. They
    return to the bot, with a message, after they have waited for TEAM_QUEUE_MINUTES, or for TEAM_PRESENCE_SECONDS while
    no agent is available.
    """
    if not team.unfinished().exists():
        return []  # the usual case, without a write lock
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        _end_expired(team.unfinished().select_for_update(skip_locked=skip))
        held = team.with_team().select_for_update(skip_locked=skip)
        released = [_requeue(locked) for locked in held.filter(_neglected(), responder=Responder.AGENT)]
        with_agents = timedelta(minutes=settings.TEAM_QUEUE_MINUTES)
        max_wait = with_agents if team.is_available() else team.presence_timeout()
        waited = held.filter(responder=Responder.WAITING, responder_since__lt=clock.now() - max_wait)
        ended = [_end_wait(locked) for locked in waited]
    return [one.id for one in (*released, *ended)]


def _end_expired(unfinished: QuerySet[Conversation]) -> None:
    for locked in unfinished.filter(expires_at__lte=clock.now()):
        change(locked, Responder.BOT, ending=Ending.OVER)
        save(locked)


def _requeue(locked: Conversation) -> Conversation:
    words = UNANSWERED_OFFER if _offer_timed_out(locked) else RELEASED
    said = words.format(name=team.display_name(locked.agent))
    change(locked, Responder.WAITING, reason=HandOverReason.RELEASED, ending=Ending.RELEASED)
    rows.add_replies(locked, [rows.plain(said, *QUEUE_BUTTONS)])
    save(locked)
    return locked


def _end_wait(locked: Conversation) -> Conversation:
    change(locked, Responder.BOT, ending=Ending.GIVEN_UP)
    rows.add_replies(locked, [rows.plain(NOBODY, _REQUEST_BUTTON)])
    save(locked)
    return locked


def with_queue_buttons(replies: list[rows.Reply]) -> list[rows.Reply]:
    """The replies that put a customer into the queue; the last one gets the buttons that leave it."""
    *first, last = replies
    payloads = {button["payload"] for button in QUEUE_BUTTONS}
    others = [button for button in last["buttons"] if button["payload"] not in payloads]
    return [*first, {**last, "buttons": [*others, *QUEUE_BUTTONS]}]


def _take(locked: Conversation, agent: User) -> None:
    if locked.responder == Responder.AGENT:
        if locked.agent_id == agent.pk:
            return
        raise NotYours(team.display_name(locked.agent))
    change(locked, Responder.AGENT, agent=agent, reason=locked.reason, ending=Ending.TAKEN)
    rows.add_replies(locked, [rows.plain(JOINED.format(name=team.display_name(agent)))])
    save(locked)


def held(conversation: uuid.UUID, agent: User) -> Conversation:
    """The conversation that this agent answers, locked. Raises NotYours or ConversationClosed."""
    locked = rows.lock_active(conversation)
    if locked.responder != Responder.AGENT or locked.agent_id != agent.pk:
        raise NotYours(team.display_name(locked.agent) if locked.responder == Responder.AGENT else "")
    return locked


def _return_to_bot(conversation: uuid.UUID, agent: User, words: str, ending: Ending, topic: str = "") -> None:
    with transaction.atomic():
        locked = held(conversation, agent)
        change(locked, Responder.BOT, agent=agent, ending=ending)
        said = words.format(name=team.display_name(agent), about=about(locked, topic))
        rows.add_replies(locked, [rows.plain(said)])
        save(locked)
    pubsub.publish(conversation)


def change(
    locked: Conversation, responder: Responder, *, ending: Ending, agent: User | None = None, reason: str = ""
) -> None:
    """Change who answers, and mark the pending messages as answered, so that the bot does not answer them any more.

    `ending`: how the open service period ends, if there is one.
    """
    service_periods.change(locked, responder, agent, ending)
    if responder != Responder.BOT:
        locked.messages.filter(sender=Sender.CUSTOMER, seq__gt=locked.answered).update(for_team=True)
    locked.responder, locked.responder_since = responder, clock.now()
    locked.agent, locked.reason = agent, reason
    locked.offered_to = locked.offered_at = None
    locked.answered = locked.asked
    locked.leased_to, locked.leased_until = "", None


def save(locked: Conversation) -> None:
    """Save the row, and publish to every window when the transaction commits."""
    locked.unindexed = True
    locked.save(
        update_fields=[
            "last_seq", "last_at", "asked", "answered", "responder", "responder_since", "agent", "agent_seq", "reason",
            "leased_to", "leased_until", "unindexed", "offered_to", "offered_at",
        ]
    )  # fmt: skip
    pg_notify.publish(locked.id)


def about(locked: Conversation, topic: str = "") -> str:
    """« Nous parlions de votre commande PX48207264 : « Mon remboursement ». », with the order that the window shows.

    `topic`: its title, which only the console knows.
    """
    shown = locked.messages.filter(seq__gt=locked.hidden).filter(card__kind="order").order_by("-seq").first()
    number = (shown.card or {}).get("number") if shown else None
    order, title = f"votre commande {number}" if number else "", f"«{NO_BREAK}{topic}{NO_BREAK}»" if topic else ""
    named = f"{NO_BREAK}: ".join(part for part in (order, title) if part)
    return f"Nous parlions de {named}. " if named else ""


def _neglected() -> Q:
    """A filter: the agent's inbox is closed, the customer waits too long for a reply, or an offer has timed out."""
    now = clock.now()
    too_late = now - timedelta(minutes=settings.TEAM_REPLY_MINUTES)
    unanswered = Message.objects.filter(
        conversation=OuterRef("pk"), seq=OuterRef("asked"), seq__gt=OuterRef("agent_seq"), at__lt=too_late
    )
    late = Q(Exists(unanswered), responder_since__lt=too_late)
    absent = ~Q(agent__in=team.present().values("user")) | Q(agent=None)
    ignored = Q(offered_at__lt=_oldest_offer())
    return late | ignored | Q(absent, responder_since__lt=now - team.presence_timeout())


def _oldest_offer() -> datetime:
    """Offers made before this time have timed out: their customers return to the queue."""
    return clock.now() - timedelta(minutes=settings.TEAM_OFFER_MINUTES)


def _offer_timed_out(locked: Conversation) -> bool:
    return locked.offered_at is not None and locked.offered_at < _oldest_offer()
