"""Django's admin for the hand-over requests, until the console has its page."""

from django.contrib import admin

from chat.models import HandOverRequest


@admin.register(HandOverRequest)
class HandOverRequestAdmin(admin.ModelAdmin):
    list_display = ["id", "created_at", "topic", "email", "answered_at"]
    list_filter = ["answered_at", "topic"]
    readonly_fields = ["conversation", "message_id", "email", "text", "topic", "created_at"]
