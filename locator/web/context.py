"""What every page needs to know of the site."""

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, str]:
    return {
        "site_name": settings.SITE_NAME,
        "exit_url": settings.EXIT_URL,
        "source_url": settings.SOURCE_URL,
        "operator_name": settings.OPERATOR_NAME,
        "operator_email": settings.OPERATOR_EMAIL,
    }
