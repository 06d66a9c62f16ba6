"""URLs of the demo shop."""

from django.urls import path

from demo import views

urlpatterns = [
    path("", views.shop_page, name="shop"),
    path("produits", views.products_page, name="products"),
    path("produits/<slug:slug>", views.product_page, name="product"),
    path("compte", views.account_page, name="account"),
    path("compte/<str:number>", views.order_page, name="order"),
    path("compte/<str:number>/image", views.picture, name="picture"),
    path("contact", views.contact_page, name="contact"),
    path("mentions-legales", views.legal_page, name="legal"),
    path("vie-privee", views.privacy_page, name="privacy"),
]
