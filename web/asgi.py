"""What uvicorn serves."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "web.settings")
django_application = get_asgi_application()

from chat.lifespan import with_dispatcher  # noqa: E402 - its models need Django to be set up

application = with_dispatcher(django_application)
