"""Rasa's custom actions: each reads the conversation, asks the shop and names the reply. No policy, no reply text."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
django.setup()
