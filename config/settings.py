"""All settings, in one file; every one has a safe default, so that SQLite starts with no configuration.

Production is what you get unless PRODUCTION=False is said, and it refuses to start while a known leaking
setting is on (config/startup.py).
"""

from csp.constants import NONE, SELF

from config.env import BASE_DIR, choice, database, flag, listed, mail, text
from config.languages import LANGUAGES as PAGE_LANGUAGES
from config.languages import ORIGINAL
from config.reporting import LOGGING  # noqa: F401  (a setting)

PRODUCTION = flag("PRODUCTION", default=True)
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = text("SECRET_KEY")
ALLOWED_HOSTS = listed("ALLOWED_HOSTS") or ([] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])

# What an operator decides about this site.
SITE_NAME = text("SITE_NAME", "Brolly")
SITE_COUNTRY = text("SITE_COUNTRY", "GB")  # ISO 3166-1; breaks ties between places of one name
OPERATOR_NAME = text("OPERATOR_NAME")
OPERATOR_EMAIL = text("OPERATOR_EMAIL")
SOURCE_URL = text("SOURCE_URL")  # where visitors get the source of what runs here (AGPL, section 13)
EXIT_URL = text("EXIT_URL", "https://www.bbc.co.uk/weather")
SEALING_SECRET_FILE = text("SEALING_SECRET_FILE")  # on several hosts: a file on tmpfs, shared by them

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "locator",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "locator.web.middleware.SafeHeaders",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # by the address alone; the cookie it could read is never set
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": ["locator.web.context.site"],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "locator.templatetags.words",
            ],
        },
    }
]

DATABASES = {"default": database(BASE_DIR / "var" / "brolly.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGES = [(language.code, language.name) for language in PAGE_LANGUAGES.values()]
LANGUAGE_CODE = choice("DEFAULT_LANGUAGE", PAGE_LANGUAGES, default=ORIGINAL)  # of addresses without one
TIME_ZONE = "UTC"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Ours only: other apps bring files of an admin and a browsable API, which we do not serve.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365

# A request holds a question and nothing else; larger ones are refused before they are read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 0

SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_SECURE = PRODUCTION
SILENCED_SYSTEM_CHECKS = [
    "security.W002",  # frames are refused by frame-ancestors, which X-Frame-Options only repeats
    "security.W005",  # HSTS for subdomains is the operator's to promise
    "security.W008",  # the redirect to HTTPS is the proxy's: an onion host must not be redirected (R46)
    "security.W021",  # so is a place on the preload list, which would publish the host's name
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

ADMINS: list[tuple[str, str]] = []
MANAGERS: list[tuple[str, str]] = []
MAIL = mail("EMAIL_URL", "smtp://localhost:25" if PRODUCTION else "dummymail://")
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_HOST"] or "", MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"] or "", MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = bool(MAIL.get("EMAIL_USE_TLS")), bool(MAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10  # seconds
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_PARSER_CLASSES": ["locator.api.parsers.FlatJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "locator.api.problems.answer",
    "URL_FORMAT_OVERRIDE": "format",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Brolly API",
    "VERSION": "1",
    "DESCRIPTION": (
        "Support for sex workers near a place, as partners told us. An answer is yes, no or unknown, always with "
        "on whose word and since when; a filter matches a confirmed yes only."
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"OfferEnum": ["active", "inactive"], "TextStatusEnum": ["machine", "reviewed"]},
}
