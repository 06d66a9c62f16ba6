"""Conversations, their messages, and hand-over requests for the support team."""

import secrets
import uuid
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from shop import clock
from shop.limits import MAX_COMMENT_CHARACTERS, MAX_MESSAGE_CHARACTERS

# Lifetime of a conversation.
LIFETIME = timedelta(hours=24)


class Sender(models.TextChoices):
    CUSTOMER = "customer", "client"
    BOT = "bot", "assistant"
    AGENT = "agent", "conseiller"


class Responder(models.TextChoices):
    """The party that answers the customer's next message (chat/takeover.py)."""

    BOT = "bot", "assistant"
    WAITING = "waiting", "à prendre"
    AGENT = "agent", "conseiller"


class HandOverReason(models.TextChoices):
    """Why a conversation waits for a person, the most urgent first."""

    DANGER = "danger", "danger"
    DISTRESS = "distress", "détresse"
    DAMAGED = "damaged", "colis abîmé"
    MONEY = "money", "argent"
    ASKED = "asked", "demande une personne"
    MISUNDERSTOOD = "misunderstood", "incompris deux fois"
    RELEASED = "released", "rendue par l’équipe"


class Conversation(models.Model):
    """One customer's conversation. `last_seq` counts its messages; adding one requires the row lock.

    Clients no longer get the messages up to number `hidden`: they precede a pause of QUIET_MINUTES. `last_at` is the
    time of the last message.

    `asked` is the number of the last customer message, `answered` that of the last one with a complete answer: if they
    differ, a message is pending. `unindexed`: changed since the console last read it (console/indexing/). After
    `leased_until`, other processes may take the lease from the process `leased_to`. `redacted`: {number of a message:
    the text that replaced its own} (chat/redaction.py); the bot's store is due to be redacted at `redaction_due`.

    `agent`: the person who answers; `agent_seq`: the number of their last message. `offered_to`: the colleague whom
    they asked at `offered_at` to take over; if `offered_at` is None, the colleague has declined.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    opened_at = models.DateTimeField("ouverte le", auto_now_add=True)
    expires_at = models.DateTimeField("expire le")
    erased_at = models.DateTimeField("effacée le", null=True, blank=True)
    forgotten_at = models.DateTimeField("oubliée par le bot le", null=True, blank=True)
    address = models.CharField("empreinte de l’adresse", max_length=64, help_text="Salée, jamais l’adresse elle-même.")
    last_seq = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField("dernier message le", null=True, blank=True)
    hidden = models.PositiveIntegerField(default=0, db_default=0)
    asked = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    leased_to = models.CharField(max_length=64, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    helpful = models.BooleanField("utile", null=True, blank=True)
    comment = models.TextField("commentaire", max_length=MAX_COMMENT_CHARACTERS, blank=True)
    redacted = models.JSONField("textes remplacés", default=dict, blank=True)
    redacted_at = models.DateTimeField(null=True, blank=True)
    redaction_due = models.DateTimeField(null=True, blank=True)
    unindexed = models.BooleanField("à lire par la console", default=False, db_default=False)
    responder = models.CharField("répond", max_length=7, choices=Responder, default=Responder.BOT, db_default="bot")
    responder_since = models.DateTimeField("depuis", null=True, blank=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    agent_seq = models.PositiveIntegerField(default=0, db_default=0)
    reason = models.CharField("motif", max_length=13, choices=HandOverReason, blank=True, default="", db_default="")
    offered_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    offered_at = models.DateTimeField("proposée le", null=True, blank=True)

    class Meta:
        verbose_name = "conversation"
        indexes = [
            models.Index("id", name="conversation_pending", condition=Q(asked__gt=F("answered"))),
            models.Index(fields=["address", "opened_at"], name="conversation_by_address"),
            models.Index(
                "id", name="conversation_to_forget", condition=Q(erased_at__isnull=False, forgotten_at__isnull=True)
            ),
            models.Index(fields=["erased_at"], name="conversation_erased", condition=Q(erased_at__isnull=False)),
            models.Index("redaction_due", name="conversation_to_redact", condition=Q(redaction_due__isnull=False)),
            models.Index("id", name="conversation_unindexed", condition=Q(unindexed=True)),
            models.Index(
                fields=["responder", "responder_since"],
                name="conversation_with_team",
                condition=Q(responder__in=["waiting", "agent"]),
            ),
            models.Index(
                fields=["-responder_since", "id"],
                name="conversation_ended",
                condition=Q(responder="bot", agent__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_with_bot(self) -> bool:
        return self.responder == Responder.BOT

    @property
    def is_pending(self) -> bool:
        """Whether a customer message has no complete answer yet."""
        return self.asked > self.answered

    @property
    def hidden_now(self) -> int:
        """`hidden`, or `last_seq` if the conversation is quiet; never while an answer or a person is awaited."""
        quiet = timedelta(minutes=settings.QUIET_MINUTES)
        idle = self.is_with_bot and not self.is_pending
        is_quiet = self.last_at is not None and idle and self.last_at < clock.now() - quiet
        return self.last_seq if is_quiet else self.hidden


class Message(models.Model):
    """A message of either side. `client_id` is the sender's own id, which makes retries idempotent.

    `for_team`: the customer wrote it while a person answered, or while waiting for one. `author`: an agent's name, as
    the customer reads it. `asks`: the value that the bot asks for in it (bot/output_channel.py). `photos`: the attached
    photos, [{"id", "width", "height"}]; denormalised, to avoid a query.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField("n°")
    at = models.DateTimeField("à", auto_now_add=True)
    sender = models.CharField("de", max_length=8, choices=Sender)
    text = models.TextField("texte")
    card = models.JSONField("fiche", null=True, blank=True)
    client_id = models.UUIDField(null=True, blank=True)
    payload = models.TextField("commande du bouton", blank=True)
    faults = models.PositiveSmallIntegerField("échecs du bot", default=0)
    delay_notice_sent = models.BooleanField("client prévenu du retard", default=False)
    for_team = models.BooleanField("pour l’équipe", default=False, db_default=False)
    author = models.CharField("signé", max_length=60, blank=True, default="", db_default="")
    asks = models.CharField("demande", max_length=14, blank=True, default="", db_default="")
    photos = models.JSONField("photos", null=True, blank=True)

    class Meta:
        verbose_name = "message"
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_message_a_number"),
            models.UniqueConstraint(fields=["conversation", "client_id"], name="one_message_a_client_id"),
        ]
        indexes = [models.Index(fields=["conversation", "sender", "at"], name="message_by_sender")]

    def __str__(self) -> str:
        return f"{self.conversation_id} n° {self.seq}"

    @cached_property
    def offered(self) -> "list[Button]":
        """Its buttons. Only bot messages have any, so no query is made for a customer's message."""
        return list(self.buttons.all()) if self.sender == Sender.BOT else []


class Explanation(models.Model):
    """Why the bot answered a customer's message as it did. `data` is the Explanation of bot/explanation.py.

    `suppressed`: a person took over before the answer was ready, so the customer never saw it.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True)
    data = models.JSONField()
    suppressed = models.BooleanField("réponse retenue", default=False, db_default=False)

    def __str__(self) -> str:
        return f"explication {self.pk}"


class Button(models.Model):
    """A button that the bot offered. Its payload, a command for Rasa, never leaves the server."""

    id = models.CharField(primary_key=True, max_length=22, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="buttons")
    position = models.PositiveSmallIntegerField()
    title = models.CharField("titre", max_length=200)
    payload = models.TextField("commande")

    class Meta:
        verbose_name = "bouton"
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title


class Photo(models.Model):
    """A customer's photo, re-encoded by this server (chat/pictures.py): two JPEGs.

    `message` is None until the photo is sent. `data` is empty while the photo is checked, if it was refused, and after
    it was erased; the row stays, because the limits count it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="+")
    at = models.DateTimeField("à", auto_now_add=True)
    width = models.PositiveSmallIntegerField("largeur", default=0)
    height = models.PositiveSmallIntegerField("hauteur", default=0)
    data = models.BinaryField("image", default=b"")
    small = models.BinaryField("aperçu", default=b"")

    class Meta:
        verbose_name = "photo"
        indexes = [models.Index(fields=["conversation", "at"], name="photo_by_conversation")]

    def __str__(self) -> str:
        return str(self.id)


class AgentPresence(models.Model):
    """When an agent's inbox last sent its heartbeat.

    If no agent is present, customers cannot enter the queue (chat/team.py).
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    seen_at = models.DateTimeField("vu le")
    available = models.BooleanField("disponible", default=True)

    class Meta:
        verbose_name = "présence d’un conseiller"

    def __str__(self) -> str:
        return f"{self.user} {self.seen_at}"


class Ending(models.TextChoices):
    """How a service period ended."""

    TAKEN = "taken", "prise par une personne"
    LEFT = "left", "le client est revenu à l’assistant"
    GIVEN_UP = "given_up", "personne n’est venu"
    RELEASED = "released", "rendue à la file"
    PASSED = "passed", "passée à un collègue"
    HANDED_BACK = "handed_back", "rendue à l’assistant"
    CLOSED = "closed", "terminée"
    OVER = "over", "expirée ou effacée"


class ServicePeriod(models.Model):
    """A period in which a customer waited for a person (no `agent`), or one person had the conversation.

    `asked_at`: when the customer asked for a person; a transfer to another agent keeps it. `replied_at`: the agent's
    first message. The team's statistics are computed from these rows, which contain no text.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="service_periods")
    waiting = models.BooleanField("attente")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField("attend depuis")
    begun_at = models.DateTimeField("du")
    ended_at = models.DateTimeField("au", null=True, blank=True)
    replied_at = models.DateTimeField("première réponse le", null=True, blank=True)
    ending = models.CharField("fin", max_length=11, choices=Ending, blank=True, default="")

    class Meta:
        db_table = "chat_spell"
        verbose_name = "séjour"
        indexes = [models.Index(fields=["begun_at"], name="spell_begun")]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="one_open_spell_a_conversation", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"séjour {self.pk}"


class AnswerNotice(models.Model):
    """A notice that precedes the bot's answer to a question until `ends_at`, for example that a carrier is late.

    `question`: « track_delivery/how », or a topic for all its questions. `ended_at`: when it ended, by `ends_at` or by
    a person. A question has at most one notice that has not ended.
    """

    question = models.CharField("question", max_length=60)
    text = models.CharField("texte", max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField("depuis", auto_now_add=True)
    ends_at = models.DateTimeField("jusqu’au")
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)

    class Meta:
        verbose_name = "avis aux clients"
        ordering = ["-begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(ended_at__isnull=True), name="one_notice_a_question"
            )
        ]

    def __str__(self) -> str:
        return f"avis {self.pk}"


# Letters and digits that are not confused with each other when read aloud.
_SPELLED = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_reference() -> str:
    """A request's reference for the customer, « D-7K3FQ2 ». Random, so that it reveals nothing about other requests."""
    return "D-" + "".join(secrets.choice(_SPELLED) for _ in range(6))


class HandOverRequest(models.Model):
    """A request left through the bot. An e-mail has one open request; further messages are added to it.

    A customer's message creates at most one request, even if it is handled twice. `reference` is empty in older rows.
    """

    conversation = models.CharField("conversation", max_length=255, db_index=True)
    message_id = models.CharField("message", max_length=64)
    email = models.EmailField("e-mail")
    reference = models.CharField("référence", max_length=8, default=new_reference, db_default="")
    text = models.TextField("message du client", max_length=MAX_MESSAGE_CHARACTERS)
    topic = models.CharField("sujet", max_length=40, blank=True)
    created_at = models.DateTimeField("reçue le", auto_now_add=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="prise par"
    )
    taken_at = models.DateTimeField("prise le", null=True, blank=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)
    answer = models.TextField("ce qui a été répondu", max_length=MAX_MESSAGE_CHARACTERS, blank=True, db_default="")

    class Meta:
        verbose_name = "demande de prise en charge"
        verbose_name_plural = "demandes de prise en charge"
        indexes = [
            models.Index(fields=["created_at"], name="request_open", condition=Q(answered_at__isnull=True)),
            models.Index(fields=["-answered_at"], name="request_answered", condition=Q(answered_at__isnull=False)),
        ]
        constraints = [models.UniqueConstraint(fields=["conversation", "message_id"], name="one_request_a_message")]

    def __str__(self) -> str:
        return f"n° {self.pk}"


class RequestAddition(models.Model):
    """A further message to an open request of the same e-mail address, perhaps from another conversation."""

    request = models.ForeignKey(HandOverRequest, models.CASCADE, related_name="additions")
    conversation = models.CharField("conversation", max_length=255, db_index=True)
    message_id = models.CharField("message", max_length=64)
    reference = models.CharField("référence", max_length=8, default=new_reference, db_default="")
    text = models.TextField("message du client", max_length=MAX_MESSAGE_CHARACTERS)
    created_at = models.DateTimeField("reçu le", auto_now_add=True)

    class Meta:
        verbose_name = "complément de demande"
        verbose_name_plural = "compléments de demande"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["conversation", "message_id"], name="one_addition_a_message")]

    def __str__(self) -> str:
        return f"complément n° {self.pk}"
