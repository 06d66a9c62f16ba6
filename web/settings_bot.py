"""Django's settings of the bot process: the apps that the actions need, and no secrets of the web process."""

import os

from web.settings_base import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop", "chat"]

# The web process reads them from .env; the bot must not have them.
for _name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "SECRET_KEYS_RETIRED"):
    os.environ.pop(_name, None)
