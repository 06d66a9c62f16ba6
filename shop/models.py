"""The shop's tables: customers, sellers, orders with lines and shipment, trade-ins, and failed look-ups."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from shop.numbers import LENGTH, ORDER_SHAPE, TRADEIN_SHAPE
from shop.rules import carriers
from shop.status import (
    OrderStatus,
    TradeInStatus,
    check_order_transition,
    check_tradein_transition,
)
from shop.validators import validate_moment, validate_plain, validate_tracking_number


class Customer(models.Model):
    email = models.EmailField("e-mail", unique=True, help_text="En minuscules.")
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    city = models.CharField("ville", max_length=80)

    class Meta:
        verbose_name = "client"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the e-mail in lower case, without blanks around it, as look-ups normalise it."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Seller(models.Model):
    name = models.CharField("nom", max_length=120, unique=True, validators=[validate_plain])

    class Meta:
        verbose_name = "vendeur"

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """One purchase from one seller. Its status changes only through `move_to`.

    Sellers, carriers and feeds write these records. Their values are shown only after shop/records.py has checked them.
    """

    number = models.CharField("numéro", max_length=LENGTH, unique=True, help_text=f"{ORDER_SHAPE}.")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="orders", verbose_name="client")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="orders", verbose_name="vendeur")
    status = models.CharField("statut", max_length=10, choices=OrderStatus, default=OrderStatus.PENDING)
    placed_at = models.DateTimeField("passée le", validators=[validate_moment])
    credit_signed_on = models.DateField(
        "contrat de crédit signé le", null=True, blank=True, validators=[validate_moment]
    )
    invoice_available = models.BooleanField("facture disponible dans le compte", default=False)

    class Meta:
        verbose_name = "commande"

    def __str__(self) -> str:
        return self.number

    def move_to(self, new: OrderStatus) -> None:
        """Change the status. Raise InvalidTransition and save nothing if the transition is not allowed (ORD-2)."""
        check_order_transition(OrderStatus(self.status), new)
        self.status = new
        self.save(update_fields=["status"])


class OrderLine(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name="commande")
    product = models.CharField("produit", max_length=200, validators=[validate_plain])
    quantity = models.PositiveSmallIntegerField("quantité", default=1, validators=[MinValueValidator(1)])
    unit_price = models.DecimalField("prix unitaire (€)", max_digits=9, decimal_places=2, default=Decimal(0))
    personalised = models.BooleanField("personnalisé", default=False)
    refurbished = models.BooleanField("reconditionné", default=False)

    class Meta:
        verbose_name = "ligne"

    def __str__(self) -> str:
        return self.product


class Shipment(models.Model):
    order = models.OneToOneField(Order, models.CASCADE, related_name="shipment", verbose_name="commande")
    carrier = models.CharField("transporteur", max_length=60, validators=[validate_plain])
    tracking_number = models.CharField(
        "numéro de suivi", max_length=40, blank=True, validators=[validate_tracking_number]
    )
    tracking_url = models.URLField(
        "lien de suivi",
        blank=True,
        help_text="Jamais montré : le client reçoit la page du transporteur pour ce numéro de suivi.",
    )
    shipped_at = models.DateTimeField("expédiée le", validators=[validate_moment])
    delivered_at = models.DateTimeField("livrée le", null=True, blank=True, validators=[validate_moment])

    class Meta:
        verbose_name = "expédition"

    def clean(self) -> None:
        """Raise ValidationError for a link to a site that is not the carrier's, or a delivery before the shipment."""
        if self.tracking_url and not carriers.is_tracking_url(self.tracking_url, self.carrier):
            raise ValidationError({"tracking_url": "Ce lien n’est pas une page https de ce transporteur."})
        if self.delivered_at and self.shipped_at and self.delivered_at < self.shipped_at:
            raise ValidationError({"delivered_at": "La livraison précède l’expédition."})

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}"


class TradeIn(models.Model):
    """A device that a customer trades in. Its status changes only through `move_to`."""

    number = models.CharField("numéro", max_length=LENGTH, unique=True, help_text=f"{TRADEIN_SHAPE}.")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tradeins", verbose_name="client")
    device = models.CharField("appareil", max_length=200, validators=[validate_plain])
    status = models.CharField("statut", max_length=10, choices=TradeInStatus, default=TradeInStatus.REGISTERED)
    placed_at = models.DateTimeField("enregistrée le", validators=[validate_moment])
    shipped_at = models.DateTimeField("expédiée le", null=True, blank=True, validators=[validate_moment])

    class Meta:
        verbose_name = "reprise"

    def __str__(self) -> str:
        return self.number

    def move_to(self, new: TradeInStatus) -> None:
        """Change the status. Raise InvalidTransition and save nothing if the transition is not allowed (TRD-3)."""
        check_tradein_transition(TradeInStatus(self.status), new)
        self.status = new
        self.save(update_fields=["status"])


class FailedLookup(models.Model):
    """A look-up whose number and e-mail matched no record. Contains keyed hashes only (shop/access.py)."""

    # A hash of the values and the message's id, so that a retry of the same message counts once.
    attempt = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)
    conversation = models.CharField(max_length=64, db_index=True)
    address = models.CharField(max_length=64, db_index=True, blank=True)
    email = models.CharField(max_length=64, db_index=True)
    number = models.CharField(max_length=64, db_index=True)
