"""Django's app configuration of the console."""

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate


class ConsoleConfig(AppConfig):
    name = "console"
    verbose_name = "Console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # access and audit register signal receivers, so they must be imported before the first sign-in.
        from console import access, audit, search  # noqa: F401
        from console.models import Thread
        from console.roles import create_groups

        post_migrate.connect(create_groups, sender=self)
        # The search table is not a model, so Django does not delete its rows with the conversation.
        post_delete.connect(lambda instance, **_: search.forget(instance.pk), sender=Thread, weak=False)
