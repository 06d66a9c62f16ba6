"""Django's settings of the web process. .env.example explains each variable of the environment."""

import os
from datetime import timedelta

from console.cidr import networks
from web.settings_base import *  # noqa: F403
from web.settings_base import BASE_DIR, replaced_secrets, secret

DEBUG = False
SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = replaced_secrets("SECRET_KEY_FALLBACKS")
# Former keys that no longer sign or accept sessions: they only verify receipts of erasures (console/privacy/erase.py).
SECRET_KEYS_RETIRED = replaced_secrets("SECRET_KEYS_RETIRED")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")

# One bot process, or several separated by commas.
RASA_URLS = os.environ.get("RASA_URL", "http://127.0.0.1:5005").split(",")

# The site's public origin behind a TLS proxy.
PUBLIC_ORIGIN = os.environ.get("PUBLIC_ORIGIN", "").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN] if PUBLIC_ORIGIN else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_ORIGIN.startswith("https://")

# Other sites whose pages may use the chat: « https://www.shop.example,https://… ».
CORS_ALLOWED_ORIGINS = [origin for origin in os.environ.get("CHAT_ORIGINS", "").split(",") if origin]
CORS_URLS_REGEX = r"^/chat/"
CORS_ALLOW_HEADERS = ["authorization", "content-type", "last-event-id"]
CORS_EXPOSE_HEADERS = ["Retry-After"]

# Rate limits as count/seconds: conversations per address, messages per conversation, messages per address (which a
# household, a shop or a mobile network may share).
CHAT_LIMIT_OPENINGS = os.environ.get("CHAT_LIMIT_OPENINGS", "120/60")
CHAT_LIMIT_MESSAGES = os.environ.get("CHAT_LIMIT_MESSAGES", "30/60")
CHAT_LIMIT_ADDRESS = os.environ.get("CHAT_LIMIT_ADDRESS", "600/60")

# Photos, refused ones included: per conversation, and per address.
CHAT_LIMIT_PHOTOS = os.environ.get("CHAT_LIMIT_PHOTOS", "20/3600")
CHAT_LIMIT_PHOTOS_ADDRESS = os.environ.get("CHAT_LIMIT_PHOTOS_ADDRESS", "200/3600")
# Uploads stay in memory and are never written to disk. The size is the limit of a photo too (chat/uploads.py).
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 << 20

# Seconds after which a killed web process's conversations are taken over: the duration of a lease.
CHAT_LEASE_SECONDS = float(os.environ.get("CHAT_LEASE_SECONDS", "3"))
# Seconds until a customer without an answer gets a delay notice; and until the customer's calls fail, if not even the
# notice could be stored.
CHAT_DELAY_NOTICE_SECONDS = float(os.environ.get("CHAT_DELAY_NOTICE_SECONDS", "4"))
CHAT_MAX_SILENCE_SECONDS = float(os.environ.get("CHAT_MAX_SILENCE_SECONDS", "4.5"))
# Of several bot processes: seconds between two health checks of each, and until one that does not answer is unhealthy.
CHAT_BOT_CHECK_SECONDS = float(os.environ.get("CHAT_BOT_CHECK_SECONDS", "1"))
CHAT_BOT_CHECK_TIMEOUT = float(os.environ.get("CHAT_BOT_CHECK_TIMEOUT", "4"))

# How often the console indexes changed conversations.
CONSOLE_INDEX_SECONDS = float(os.environ.get("CONSOLE_INDEX_SECONDS", "2"))

INSTALLED_APPS = [
    "web.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "auditlog",
    "corsheaders",
    "csp",
    "shop",
    "chat",
    "console",
    "demo",
    "web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "web.unstorable.RefuseNul",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.networks.OnlyFromNetworks",
]

ROOT_URLCONF = "web.urls"
ASGI_APPLICATION = "web.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Sign-in to /console/ and /admin/. Wrong passwords lock the name at this address only (console/lockout.py).
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "console:sign_in"
LOGIN_REDIRECT_URL = "console:threads"
LOGOUT_REDIRECT_URL = "console:sign_in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "console.lockout.address_of"
AXES_HANDLER = "console.lockout.LockoutHandler"
AXES_RESET_ON_SUCCESS = True
# The sign-in page itself reports the lock-out; a middleware would slow down the chat's calls.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]
AXES_LOCKOUT_CALLABLE = "console.lockout.locked"
AXES_VERBOSE = False
# A session ends after two hours without a request, twelve hours after the sign-in (console/access.py), and when the
# browser is closed.
SESSION_COOKIE_AGE = 2 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
OTP_TOTP_ISSUER = "Pixmania console"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
# Whether the role « manage » must have a second factor: "required", or "optional" (`make run` only).
CONSOLE_SECOND_FACTOR = os.environ.get("CONSOLE_SECOND_FACTOR", "required")
# The networks that may reach /console/ and /admin/; if empty, every network may.
CONSOLE_NETWORKS = networks(os.environ.get("CONSOLE_NETWORKS", ""))

FILTERS_EMPTY_CHOICE_LABEL = "—"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
# The built widget: /widget.js and /widget/panel.js. Browsers cache it for this many seconds.
WHITENOISE_ROOT = BASE_DIR / "widget" / "dist"
WHITENOISE_MAX_AGE = 300

# The browser loads scripts, styles and requests from this site only.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Client errors and unavailable dependencies are not logged: the client gets the response, and /healthz shows them.
REFUSALS = {400, 401, 403, 404, 405, 409, 413, 429, 503}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "filters": {
        "no_refusal": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", 0) not in REFUSALS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_refusal"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
