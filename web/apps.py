"""Django's admin, behind the console's sign-in and its second factor."""

from django.contrib.admin import apps


class AdminConfig(apps.AdminConfig):
    # Not the configuration of the app `web`, in whose module it is.
    default = False
    default_site = "web.admin_site.AdminSite"
