"""The web process's addresses."""

from django.contrib import admin
from django.urls import include, path

from web.health import healthz
from web.views import start_page

urlpatterns = [
    path("", start_page, name="start"),
    path("healthz", healthz, name="healthz"),
    path("chat/", include("chat.urls")),
    path("admin/", admin.site.urls),
]
