"""Django's settings of the bot's process: the actions' data, and no secrets of the web process."""

import os

from web.settings_base import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop", "chat"]

# The web process reads it from .env; the bot must not have it.
os.environ.pop("SECRET_KEY", None)
