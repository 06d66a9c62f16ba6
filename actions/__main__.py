"""`python -m actions`: the action server, on loopback unless ACTIONS_HOST says otherwise.

The SDK's own start binds every interface, and answers a fault with the whole conversation in the body and in the log.
"""

import logging
import os

from sanic import Request, Sanic
from sanic.response import HTTPResponse, json

HOST = os.environ.get("ACTIONS_HOST", "127.0.0.1")
PORT = int(os.environ.get("ACTIONS_PORT", "5055"))

logger = logging.getLogger("actions")


def server() -> Sanic:
    """The SDK's application with every action of this package, no CORS, and faults that tell nothing of a customer."""
    from rasa_sdk.endpoint import create_app

    app = create_app("actions", cors_origins=[])

    @app.exception(Exception)
    async def fault(request: Request, exception: Exception) -> HTTPResponse:
        logger.error("%s %s failed: %s", request.method, request.path, type(exception).__name__)
        return json({"error": type(exception).__name__}, status=500)

    return app


if __name__ == "__main__":
    # The libraries' warnings go to a log of their own, which is not read here.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    server().run(HOST, PORT, access_log=False, motd=False)
