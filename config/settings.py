"""All settings, in one file; every one has a safe default, so that SQLite starts with no configuration.

Production is what you get unless PRODUCTION=False is said, and it refuses to start while a known leaking
setting is on (config/startup.py).
"""

from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONE, SELF

from config.env import (
    BASE_DIR,
    choice,
    database,
    flag,
    listed,
    mail,
    onion,
    path_part,
    port,
    replicas,
    text,
    whole,
)
from config.languages import LANGUAGES as PAGE_LANGUAGES
from config.languages import ORIGINAL
from config.reporting import LOGGING  # noqa: F401  (a setting)

PRODUCTION = flag("PRODUCTION", default=True)
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = text("SECRET_KEY")
SECRET_KEY_FALLBACKS = listed(
    "SECRET_KEY_FALLBACKS"
)  # earlier keys, so that what was marked with them still matches
ALLOWED_HOSTS = listed("ALLOWED_HOSTS") or ([] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])

# What an operator decides about this site.
SITE_NAME = text("SITE_NAME", "Brolly")
SITE_COUNTRY = text("SITE_COUNTRY", "GB")  # ISO 3166-1; breaks ties between places of one name
OPERATOR_NAME = text("OPERATOR_NAME")
OPERATOR_EMAIL = text("OPERATOR_EMAIL")
SOURCE_URL = text("SOURCE_URL")  # where visitors get the source of what runs here (AGPL, section 13)
EXIT_URL = text("EXIT_URL", "https://www.bbc.co.uk/weather")
ADMIN_PATH = path_part("ADMIN_PATH")  # where staff look things up; nowhere unless it is set (SAFETY R34)
LINK_CHECKS = flag("LINK_CHECKS", default=False)  # may `check_links` ask other sites whether they answer? (R12)
SEALING_SECRET_FILE = text("SEALING_SECRET_FILE")  # on several hosts: a file on tmpfs, shared by them
# Who may ask by text message (locator.web.messages): nobody, unless a secret is shared with them.
MESSAGE_TWILIO_TOKEN = text("MESSAGE_TWILIO_TOKEN")
MESSAGE_SECRET = text("MESSAGE_SECRET")
MESSAGES_A_DAY = whole("MESSAGES_A_DAY", 2000)  # that are answered in all: each may cost the operator money
MESSAGES_A_CALLER = whole("MESSAGES_A_CALLER", 40)

# What may be asked for in a minute (config.limits), by one network and by all who come through Tor; a page is one.
STATEMENT_TIMEOUT_MS = int(text("STATEMENT_TIMEOUT_MS", "2000"))
LIMIT_A_NETWORK = whole("LIMIT_A_NETWORK", 4000)
LIMIT_ONION = whole("LIMIT_ONION", 4000)
ONION_HOST = onion("ONION_HOST")  # the name of this site's onion service
ALLOWED_HOSTS += [ONION_HOST] if ONION_HOST else []

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",  # its tables are chosen in locator/admin.py, and no others
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "locator",
]
MIDDLEWARE = [
    "config.figures.Counted",
    "locator.web.middleware.Onion",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "locator.web.middleware.SafeHeaders",
    "config.unreachable.Unreachable",
    "config.replicas.Replicas",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # by the address alone; the cookie it could read is never set
    "django.middleware.common.CommonMiddleware",
    "config.limits.Limits",
    "config.statements.Statements",
    # For partners and moderators only: no public page has a session, a user or a cookie.
    "locator.portal.middleware.sessions",
    "locator.portal.middleware.csrf",
    "locator.portal.middleware.authentication",
    "locator.portal.middleware.messages",
    "allauth.account.middleware.AccountMiddleware",
    "locator.portal.middleware.guard",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,  # allauth's pages; what they are made of is ours (templates/allauth)
        "OPTIONS": {
            "context_processors": [
                "locator.web.context.site",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
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
# Servers that follow it (config/replicas.py): what somebody only looks at is asked of them.
DATABASES |= replicas(DATABASES["default"])
DATABASE_ROUTERS = ["config.replicas.Router"] if len(DATABASES) > 1 else []
REPLICA_LAG_SECONDS = whole("REPLICA_LAG_SECONDS", 5)  # how old what they show may be; older ones are not asked
STATEMENT_TIMEOUT_MS = int(text("STATEMENT_TIMEOUT_MS", "2000"))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGES = [(language.code, language.name) for language in PAGE_LANGUAGES.values()]
LANGUAGE_CODE = choice("DEFAULT_LANGUAGE", PAGE_LANGUAGES, default=ORIGINAL)  # of addresses without one
TIME_ZONE = "UTC"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
ALLAUTH = Path(str(find_spec("allauth").origin)).parent  # type: ignore[union-attr]  # it is installed
ADMIN = Path(str(find_spec("django.contrib.admin").origin)).parent  # type: ignore[union-attr]
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("account", ALLAUTH / "account" / "static" / "account"),  # scripts for passkeys
    ("mfa", ALLAUTH / "mfa" / "static" / "mfa"),
    ("admin", ADMIN / "static" / "admin"),
]
# These only: other apps bring files of a browsable API, which we do not serve.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365

# A request holds a question and nothing else; larger ones are refused before they are read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["locator.portal.uploading.NoFile"]  # one page takes a file: locator.portal.bulk

SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Partners' and moderators' accounts (SAFETY R47-R50). `__Host-` binds the cookie to this host; it needs HTTPS.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "locator.portal.passwords.NotRepeated"},
]
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 30 * 60  # seconds without a request; 12 hours in all (locator.portal.middleware)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_USE_SESSIONS = True  # so that there is one cookie and no second
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "team"
TRUSTED_PROXIES = listed("TRUSTED_PROXIES") or ["127.0.0.1", "::1"]  # whose X-Forwarded-For is believed
ACCOUNT_ADAPTER = "locator.portal.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # who was invited there has read that mailbox
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # strangers get no mail because somebody typed their address
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True  # a link from a mailbox would come without the cookie
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "100/m/ip",  # the delay that grows is ours: locator.portal.throttling
    "reset_password": "20/m/ip",  # nosec B105
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",  # nosec B105
}
MFA_ADAPTER = "locator.portal.adapters.SecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "locator.portal.second_step.Authenticate",
    "reauthenticate": "locator.portal.second_step.Reauthenticate",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

SILENCED_SYSTEM_CHECKS = [
    "admin.E408",  # sessions, users and messages are there, under the portal's and the back room's addresses alone
    "admin.E409",
    "admin.E410",
    "security.W003",  # CSRF is checked where there is a session, and nowhere else (locator.portal.middleware)
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

BACKUP_DAYS = whole("BACKUP_DAYS", 30)  # how long the operator keeps copies: who hides an address is told
METRICS_PORT = port("METRICS_PORT")  # where figures are shown, on 127.0.0.1: nowhere unless it is set
SAVED_DIR = text("SAVED_DIR")  # where the copy of the public pages is, for when the program does not answer
BACKUP_RECIPIENT = text("BACKUP_RECIPIENT")  # whom backups are encrypted for: age1…; the key is kept elsewhere

ADMINS: list[tuple[str, str]] = []
MANAGERS: list[tuple[str, str]] = []
MAIL = mail("EMAIL_URL", "smtp://localhost:25" if PRODUCTION else "dummymail://")
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_HOST"] or "", MAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"] or "", MAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = bool(MAIL.get("EMAIL_USE_TLS")), bool(MAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 10  # seconds
# Large, so that nobody can push failed sign-ins out of it by making many more (locator.portal.throttling).
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
}

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
    "ENUM_NAME_OVERRIDES": {
        "OfferEnum": ["active", "inactive"],
        "TextStatusEnum": ["machine", "reviewed"],
        "BasisEnum": ["organization", "moderator", "source"],
        "SaidBasisEnum": "locator.models.Basis",
    },
}
