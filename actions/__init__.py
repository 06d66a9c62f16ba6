"""The custom actions: they read the conversation, ask the shop, and name the reply. No policy and no reply text."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings_bot")
django.setup()
