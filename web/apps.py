"""Django's admin, behind the console's sign-in and its second factor."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    # Django must not take this class for the configuration of the app `web`: it configures `admin`.
    default = False
    default_site = "web.admin_site.AdminSite"
