"""The settings of the web process with a fast password hasher: the real one takes a third of a second per sign-in."""

from web.settings import *  # noqa: F403
from web.settings import CHAT_LEASE_SECONDS

# Minimum duration of an injected fault: longer than a lease, and than a health check of a bot process.
FAULT_SECONDS = 2 * CHAT_LEASE_SECONDS
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
