"""`python -m actions`: the action server, on loopback unless ACTIONS_HOST says otherwise.

The SDK's own start binds every interface, and answers a fault with the whole conversation in the body and in the log.
"""

import asyncio
import hmac
import logging
import os

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sanic import Request, Sanic
from sanic.response import HTTPResponse, json, raw

HOST = os.environ.get("ACTIONS_HOST", "127.0.0.1")
PORT = int(os.environ.get("ACTIONS_PORT", "5055"))

# What tells nothing of a customer.
OPEN = {"/health", "/metrics"}
HEALTH_SECONDS = 2

# As Django does before each request: a connection that broke, when the database was restarted, is not used again.
_renew_connections = sync_to_async(close_old_connections)

logger = logging.getLogger("actions")


def server() -> Sanic:
    """The SDK's application with this package's actions, for Rasa alone; its faults tell nothing of a customer.

    Threat: whoever reaches the port posts a conversation of their own making. Without ACTIONS_SECRET nothing is run;
    with it, a slot still proves nothing (shop/access.py).
    """
    from rasa_sdk.endpoint import create_app

    expected = f"Bearer {_secret()}".encode()
    app = create_app("actions", cors_origins=[])

    @app.on_request
    async def only_rasa(request: Request) -> HTTPResponse | None:
        given = request.headers.get("authorization", "").encode()
        # Who shows a secret is told whether it is the right one, here too.
        if (given or request.path not in OPEN) and not hmac.compare_digest(given, expected):
            return json({"error": "Unauthorized"}, status=401)
        if request.path == "/health":  # the SDK's own says only that the process is there
            return await _health()
        if request.path not in OPEN:
            await _renew_connections()
        return None

    @app.get("/metrics")
    async def measured(request: Request) -> HTTPResponse:
        return raw(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    @app.exception(Exception)
    async def fault(request: Request, exception: Exception) -> HTTPResponse:
        logger.error("%s %s failed: %s", request.method, request.path, type(exception).__name__)
        return json({"error": type(exception).__name__}, status=500)

    return app


async def _health() -> HTTPResponse:
    from shop.access import ShopUnavailable

    try:
        await asyncio.wait_for(_ask_the_shop(), HEALTH_SECONDS)
    except (ShopUnavailable, asyncio.TimeoutError):
        return json({"error": "the shop's database is away"}, status=503)
    return json({"status": "ok"})


async def _ask_the_shop() -> None:
    from shop.access import acheck

    await _renew_connections()
    await acheck()


def _secret() -> str:
    secret = os.environ.get("ACTIONS_SECRET", "")
    if len(secret) < settings.SHORTEST_SECRET:
        fault = f"ACTIONS_SECRET is not set, or shorter than {settings.SHORTEST_SECRET} characters"
        raise ValueError(f"{fault}: `make .env` writes a .env with one of its own.")
    return secret


if __name__ == "__main__":
    # The libraries' warnings go to a log of their own, which is not read here.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    server().run(HOST, PORT, access_log=False, motd=False)
