"""The settings of the web process with a fast password hasher: the real one takes a third of a second per sign-in."""

from web.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
