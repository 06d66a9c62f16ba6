"""The team's judgements and training data: corrections, samples, open and added questions."""

from django.conf import settings
from django.db import models

from console import limits
from console.models.threads import Thread, Turn

USER = settings.AUTH_USER_MODEL


class Correction(models.Model):
    """The right question of a message, or the meaning of one of its words. `text` contains no personal data.

    The role « review » proposes it, the role « manage » accepts it (`accepted_at`). Versions are trained only on
    accepted ones (training/training_changes.py).
    """

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="corrections")
    text = models.TextField("ligne")
    plain = models.TextField("ligne comparée")
    after = models.CharField("après", max_length=60, blank=True, db_default="")
    intent_before = models.CharField("lue comme", max_length=60)
    intent = models.CharField("à lire comme", max_length=60)
    entity = models.CharField("entité", max_length=60, blank=True)
    entity_text = models.CharField("mots de l’entité", max_length=limits.ENTITY_WORDS, blank=True)
    entity_value = models.CharField("valeur de l’entité", max_length=60, blank=True)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)
    accepted_by = models.ForeignKey(USER, models.SET_NULL, null=True, blank=True, related_name="accepted")
    accepted_at = models.DateTimeField("acceptée le", null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        # The same words may mean two things in two contexts.
        constraints = [models.UniqueConstraint(fields=["plain", "after"], name="one_correction_a_line")]

    def __str__(self) -> str:
        return f"correction {self.pk}"


class Repaired(models.Model):
    """A conversation in which a version that learnt the correction classified a similar message as corrected.

    Written when the conversation is indexed (training/service.py), and deleted with it.
    """

    correction = models.ForeignKey(Correction, models.CASCADE, related_name="repaired")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="repaired")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["correction", "thread"], name="one_repair_a_conversation")]

    def __str__(self) -> str:
        return f"{self.correction_id} {self.thread_id}"


class Sampled(models.Model):
    """A message of a week's random sample for blind judging (console/judging.py). `doubled`: two people judge it."""

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="sampled")
    week = models.DateField("semaine du")
    doubled = models.BooleanField("jugé deux fois", default=False)

    class Meta:
        ordering = ["week", "pk"]
        indexes = [models.Index(fields=["week"], name="sampled_week")]

    def __str__(self) -> str:
        return f"tirage {self.pk}"


class Judgement(models.Model):
    """A person's judgement of a sampled message: its question, or empty if they could not tell."""

    sampled = models.ForeignKey(Sampled, models.CASCADE, related_name="judgements")
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    question = models.CharField("question", max_length=60, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sampled", "user"], name="one_judgement_a_person")]

    def __str__(self) -> str:
        return f"jugement {self.pk}"


class OpenQuestion(models.Model):
    """A question of customers that the bot cannot answer, collected in « Incompris » or message by message.

    It stores no name: pages show one of its messages, masked. So erasing the messages also erases the name. DISMISSED:
    the team wants no answer to it.
    """

    class State(models.TextChoices):
        OPEN = "open", "sans réponse"
        DISMISSED = "dismissed", "écartée"

    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"question sans réponse {self.pk}"


class Asking(models.Model):
    """A message that asks an open question; a message asks at most one."""

    question = models.ForeignKey(OpenQuestion, models.CASCADE, related_name="askings")
    turn = models.OneToOneField(Turn, models.CASCADE, related_name="asking")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"message {self.turn_id} de la question {self.question_id}"


class AddedQuestion(models.Model):
    """A question that the team added, with its answer: « ask_refund/carte_cadeau » (training/added.py).

    `lines`: the training lines that the team wrote. Customers' messages are corrections instead, and are deleted with
    their conversations.
    """

    name = models.CharField(max_length=60, unique=True)
    title = models.CharField("titre", max_length=40)
    wordings = models.JSONField("formulations", default=list)
    facts = models.JSONField("règles", default=list)
    lines = models.JSONField("phrases", default=list)
    user = models.ForeignKey(USER, models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Unlearnt(models.Model):
    """The hash of a line that was accepted and then withdrawn: the next pull removes it from data/nlu/."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:8]
