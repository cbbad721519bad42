"""The one application of this project."""

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate

from config import server_log  # noqa: F401  # a check
from config.startup import refuse_leaks


class LocatorConfig(AppConfig):
    name = "locator"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        refuse_leaks(settings)
        from locator.hsds.vocabulary import store_terms  # noqa: PLC0415  (models are not loaded before)

        post_migrate.connect(store_terms, sender=self)
        from locator.portal import receivers  # noqa: F401, PLC0415
