"""Settings, from the environment alone (config/environment.py lists what is read)."""

import os
from datetime import timedelta
from pathlib import Path

import environ
from django.utils.csp import CSP

from config.environment import Environment, SettingRefused
from config.logs import configuration

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = Environment(os.environ)

MODE = ENV.choice("MAINSTAY_ENV", ("production", "local", "test"), "production")
PRODUCTION = MODE == "production"
DEBUG = ENV.boolean("MAINSTAY_DEBUG", "no")
if DEBUG and PRODUCTION:
    raise SettingRefused(
        "MAINSTAY_DEBUG shows people's answers on error pages: not in production."
    )

# Public code lists are read into the database once, after the first migration; tests
# bring the few codes that they need.
LOADS_CODES = MODE != "test"

SECRET_KEY = ENV.secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = ENV.listed("SECRET_KEY_FALLBACKS", "")
ALLOWED_HOSTS = ENV.hosts(
    "ALLOWED_HOSTS", None if PRODUCTION else "localhost,127.0.0.1,[::1],testserver"
)
CSRF_TRUSTED_ORIGINS = ENV.origins("CSRF_TRUSTED_ORIGINS")
SITE_URL = ENV.address(
    "MAINSTAY_SITE_URL",
    ("https",) if PRODUCTION else ("https", "http"),
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000",
).rstrip("/")

# --- What it is made of -------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "axes",
    # From the top layer down: accounts comes last, since what it does after a
    # migration waits for the last app that has tables.
    "devtools",
    "interop",
    "reports",
    "aftercare",
    "plans",
    "treatment",
    "medications",
    "assessments",
    "patients",
    "jobs",
    "accounts",
]

MIDDLEWARE = [
    "config.middleware.health",
    "config.middleware.in_time",
    "django.middleware.security.SecurityMiddleware",
    "accounts.middleware.own_pages_only",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.no_store",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.session_limits",
    "accounts.middleware.acting_staff",
    "assessments.middleware.stays_with_questions",
    "patients.middleware.LeadsToChart",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            # Its `csrf_token` takes the place of Django's: no form lacks the once-only token.
            "builtins": ["accounts.templatetags.once"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.navigation",
                "aftercare.views.context.with_alert_bar",
                "jobs.context.with_work_signs",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database and queue -------------------------------------------------------

# Row-level security holds for the application's role, which owns nothing;
# migrations run as the owner.
DATABASE_ROLE = ENV.choice(
    "MAINSTAY_DATABASE_ROLE", ("application", "owner"), "application"
)
# Nobody waits for ever: one held row would stop the site. A page says so and is asked
# again; a worker has the time of its task; a migration, an import or a backup takes
# what it needs.
WAITS = {
    "web": {"lock_timeout": "4s", "statement_timeout": "25s"}
    | {"idle_in_transaction_session_timeout": "60s"},
    "worker": {"lock_timeout": "30s", "statement_timeout": "180s"}
    | {"idle_in_transaction_session_timeout": "240s"},
    "command": {},
}
PROCESS = ENV.choice("MAINSTAY_PROCESS", tuple(WAITS), "command")
DATABASES = {
    "default": environ.Env.db_url_config(
        ENV.postgres(
            "DATABASE_OWNER_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL"
        )
    )
    | {
        "CONN_MAX_AGE": ENV.integer("DATABASE_CONN_MAX_AGE", 60, 0, 3600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "options": " ".join(f"-c {k}={v}" for k, v in WAITS[PROCESS].items()),
        },
    }
}
# As long as a page may go on asking; a statement of it may take the 25 of above.
ANSWER_SECONDS = 30
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENV.address("REDIS_URL", ("redis", "rediss", "unix"))
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT = "config.broker:Transport"
CELERY_RESULT_BACKEND = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
# A task whose worker dies is given to another, at once or within the visibility
# timeout; that one must outlast every task, or a slow task would run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# In KiB. A child that has grown is replaced after its task; one that goes on growing is
# refused more (config.celery), before the container ends all of them.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 224 * 1024
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 200
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": 300}
# A page never waits long for the queue: what must happen stands in the database.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- People who sign in -------------------------------------------------------

AUTH_USER_MODEL = "accounts.Staff"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "accounts.password_rules.NotGuessedFirst"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24
# The first seals what an authenticator app shares with us, each opens it.
FACTOR_KEYS = ENV.secrets("MAINSTAY_FACTOR_KEYS") or [SECRET_KEY, *SECRET_KEY_FALLBACKS]
# How long who proved who they are may sign, decide, order and export.
CONFIRMED_SECONDS = 10 * 60

SESSION_ENGINE = "accounts.entry.session_rows"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 60 * 60
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"

AXES_USERNAME_CALLABLE = "accounts.throttle.account_of"
AXES_LOCKOUT_PARAMETERS = "accounts.throttle.counted_by"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "accounts.middleware.client_address"
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_HTTP_RESPONSE_CODE = 429

# --- What browsers are told ---------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
# The health check of a container asks over plain HTTP from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = (
    ENV.integer("MAINSTAY_HSTS_SECONDS", 31_536_000, 1, 63_072_000) if PRODUCTION else 0
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
# Browsers then insist before the first visit, for all of the domain, and for months after
# it was taken back: whoever owns the domain chooses it.
SECURE_HSTS_PRELOAD = PRODUCTION and ENV.boolean("MAINSTAY_HSTS_PRELOAD", "no")
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_FAILURE_VIEW = "accounts.views.sessions.older_page"

TRUSTED_PROXY_HOPS = ENV.integer("MAINSTAY_TRUSTED_PROXY_HOPS", 0, 0, 5)
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_HOPS else None
)

# --- Files, words, messages, logs ---------------------------------------------

STATIC_URL = "/static/"
# Elsewhere nothing is collected: files are served from where they lie.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 60 if PRODUCTION else 0

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

MAILERS = {
    "default": ENV.mailer("EMAIL_URL", "smtp://localhost" if PRODUCTION else "console:")
}
DEFAULT_FROM_EMAIL = ENV.text("DEFAULT_FROM_EMAIL", "Mainstay <mainstay@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
TEXT_URL = ENV.texter(
    "MAINSTAY_TEXT_URL",
    "console:" if MODE == "local" else "off:",
    production=PRODUCTION,
)
TEXT_TOKEN = ENV.text("MAINSTAY_TEXT_TOKEN", "")
TEXT_REPLY_TOKEN = ENV.secret_or_none("MAINSTAY_TEXT_REPLY_TOKEN")

LOGGING = configuration(
    ENV.choice("MAINSTAY_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
    reticent=PRODUCTION,
)
