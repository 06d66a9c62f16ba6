"""Django's settings of the web process. .env.example explains each variable of the environment."""

import os
from datetime import timedelta

from web.settings_base import *  # noqa: F403
from web.settings_base import BASE_DIR, secret

DEBUG = False
SECRET_KEY = secret("SECRET_KEY")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")

# One process of each kind, or several, separated by commas.
RASA_URLS = os.environ.get("RASA_URL", "http://127.0.0.1:5005").split(",")

# How the world sees this site, when a proxy with TLS stands before it.
PUBLIC_ORIGIN = os.environ.get("PUBLIC_ORIGIN", "").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN] if PUBLIC_ORIGIN else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_ORIGIN.startswith("https://")

# The sites whose pages may use the chat, beside this one: « https://www.shop.example,https://… ».
CORS_ALLOWED_ORIGINS = [origin for origin in os.environ.get("CHAT_ORIGINS", "").split(",") if origin]
CORS_URLS_REGEX = r"^/chat/"
CORS_ALLOW_HEADERS = ["authorization", "content-type", "last-event-id"]
CORS_EXPOSE_HEADERS = ["Retry-After"]

# How many, within how many seconds: conversations that one address opens, messages of one conversation, and of all the
# conversations of one address (a household, a shop, a phone network may share one).
CHAT_LIMIT_OPENINGS = os.environ.get("CHAT_LIMIT_OPENINGS", "120/60")
CHAT_LIMIT_MESSAGES = os.environ.get("CHAT_LIMIT_MESSAGES", "30/60")
CHAT_LIMIT_ADDRESS = os.environ.get("CHAT_LIMIT_ADDRESS", "600/60")

# How often the console reads what changed in the conversations.
CONSOLE_INDEX_SECONDS = float(os.environ.get("CONSOLE_INDEX_SECONDS", "2"))

INSTALLED_APPS = [
    "django.contrib.admin",
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

# Who signs in to /console/ and /admin/. A wrong password counts for the name and for the address.
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
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
# The lock-out is answered by the sign-in page itself; a middleware would cost the chat's calls.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]
AXES_LOCKOUT_CALLABLE = "console.views.account.locked"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
# A session ends after two hours without a page, and with the browser.
SESSION_COOKIE_AGE = 2 * 3600
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
OTP_TOTP_ISSUER = "Pixmania console"

FILTERS_EMPTY_CHOICE_LABEL = "—"

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
# The built widget: /widget.js and /widget/panel.js. A new version is everywhere after so many seconds.
WHITENOISE_ROOT = BASE_DIR / "widget" / "dist"
WHITENOISE_MAX_AGE = 300

# Scripts, styles and requests of this site only: a page that was made to load anything else is stopped by the browser.
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

# What a client did wrong, and a part that is away, is told to whoever asked and shown by /healthz: no line in the log.
REFUSALS = {400, 401, 403, 404, 405, 413, 429, 503}
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
