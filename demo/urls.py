"""URLs of the demo shop."""

from django.urls import path

from demo.views import contact_page, privacy_page, shop_page

urlpatterns = [
    path("", shop_page, name="shop"),
    path("contact", contact_page, name="contact"),
    path("vie-privee", privacy_page, name="privacy"),
]
