"""Django's settings of the bot's process: the data that the actions read, and no secret of the web process."""

import os

from web.settings_base import *  # noqa: F403

INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop", "chat"]

# .env holds it for the web process.
os.environ.pop("SECRET_KEY", None)
