"""Django's entry for the shop."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"
    verbose_name = "Boutique"
    default_auto_field = "django.db.models.BigAutoField"
