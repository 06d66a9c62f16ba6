"""A customer's request that a person of the support team writes back."""

from django.db import models


class HandOverRequest(models.Model):
    """Left through the bot. One message of a conversation makes at most one request, however often it is handled."""

    conversation = models.CharField("conversation", max_length=255, db_index=True)
    message_id = models.CharField("message", max_length=64)
    email = models.EmailField("e-mail")
    text = models.TextField("message du client", max_length=1000)
    topic = models.CharField("sujet", max_length=40, blank=True)
    created_at = models.DateTimeField("reçue le", auto_now_add=True)
    answered_at = models.DateTimeField("répondue le", null=True, blank=True)

    class Meta:
        verbose_name = "demande de prise en charge"
        verbose_name_plural = "demandes de prise en charge"
        constraints = [models.UniqueConstraint(fields=["conversation", "message_id"], name="one_request_a_message")]

    def __str__(self) -> str:
        return f"n° {self.pk}"
