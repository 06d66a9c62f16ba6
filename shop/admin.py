"""Django's admin for the shop's data."""

from django.contrib import admin

from shop.models import Customer, Order, OrderLine, Seller, Shipment, TradeIn


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    extra = 0


class ShipmentInline(admin.StackedInline):
    model = Shipment
    extra = 0


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "customer", "seller", "status", "placed_at"]
    list_filter = ["status", "seller"]
    search_fields = ["number", "customer__email", "customer__last_name"]
    autocomplete_fields = ["customer", "seller"]
    inlines = [OrderLineInline, ShipmentInline]
    # The status changes only by allowed transitions: Order.move_to.
    readonly_fields = ["status"]


@admin.register(TradeIn)
class TradeInAdmin(admin.ModelAdmin):
    list_display = ["number", "customer", "device", "status", "placed_at"]
    list_filter = ["status"]
    search_fields = ["number", "customer__email"]
    autocomplete_fields = ["customer"]
    readonly_fields = ["status"]


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["last_name", "first_name", "email", "city"]
    search_fields = ["email", "last_name"]


@admin.register(Seller)
class SellerAdmin(admin.ModelAdmin):
    search_fields = ["name"]
