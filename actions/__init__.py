"""The custom actions: they read the conversation, query the shop's data, and choose the reply.

The rules of the dialogue are in data/rules/, the texts of the replies in data/responses/.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings_bot")
django.setup()
