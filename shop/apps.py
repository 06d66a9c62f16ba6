"""Django's entry for the shop."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Boutique"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep the history of what a reply may speak of: the console shows an order as it was at that minute."""
        from auditlog.registry import auditlog

        from shop.models import Order, Shipment, TradeIn

        for model in (Order, Shipment, TradeIn):
            auditlog.register(model)
