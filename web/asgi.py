"""The ASGI application: the chat API with its dispatcher, the pages, and the console's background tasks."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
django.setup()

# These modules import models, which need django.setup().
from django.urls import get_resolver  # noqa: E402

from chat.asgi_handler import PREFIX, ChatHandler  # noqa: E402
from chat.lifespan import Receive, Scope, Send, with_background  # noqa: E402
from console.inbox_updates import inbox_updates  # noqa: E402
from console.indexing.indexer import Indexer  # noqa: E402
from web.page_handler import PageHandler  # noqa: E402

chat, pages = ChatHandler(), PageHandler()


async def django_application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope.get("path", "").startswith(PREFIX):
        await chat(scope, receive, send)
    else:
        await pages(scope, receive, send)


# Exclude the loaded modules from garbage collection: they stay, and each collection would visit them.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
application = with_background(django_application, Indexer().run, inbox_updates.run)
