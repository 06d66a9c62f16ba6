"""Django's app configuration of the shop."""

from django.apps import AppConfig, apps


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Boutique"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Record the history of these models, so that the console can show an order as it was (shop/history.py).

        The bot's process changes no order, and has no auditlog.
        """
        if not apps.is_installed("auditlog"):
            return
        from auditlog.registry import auditlog

        from shop.models import Order, Shipment, TradeIn

        for model in (Order, Shipment, TradeIn):
            auditlog.register(model)
