"""URLs of the web process."""

from django.contrib import admin
from django.urls import include, path

from chat.metrics import metrics
from web.health import healthz

urlpatterns = [
    path("", include("demo.urls")),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("chat/", include("chat.urls")),
    path("console/", include("console.urls")),
    path("admin/", admin.site.urls),
]
