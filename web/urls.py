"""The web process's addresses."""

from django.contrib import admin
from django.urls import include, path

from chat.metrics import metrics
from web.health import healthz
from web.views import contact_page, privacy_page, shop_page

urlpatterns = [
    path("", shop_page, name="shop"),
    path("contact", contact_page, name="contact"),
    path("vie-privee", privacy_page, name="privacy"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("chat/", include("chat.urls")),
    path("console/", include("console.urls")),
    path("admin/", admin.site.urls),
]
