"""The action server: reads the conversation, asks the shop, and names the reply. No policy and no reply text here."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
django.setup()
