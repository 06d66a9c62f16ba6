"""URLs of the demo shop."""

from django.urls import path

from demo.views import account_page, contact_page, order_page, picture, privacy_page, shop_page

urlpatterns = [
    path("", shop_page, name="shop"),
    path("compte", account_page, name="account"),
    path("compte/<str:number>", order_page, name="order"),
    path("compte/<str:number>/image", picture, name="picture"),
    path("contact", contact_page, name="contact"),
    path("vie-privee", privacy_page, name="privacy"),
]
