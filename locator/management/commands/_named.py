"""Which organization is meant on a command line."""

from django.core.management.base import CommandError

from locator.models import Organization


def organization_named(named: str) -> Organization:
    """Return the organization of a name or an id; say so when there is none, or more than one of the name."""
    rows = Organization.objects.filter(name=named)
    rows = rows or (Organization.objects.filter(id=named) if len(named) == 36 else rows)
    if len(rows) != 1:
        raise CommandError(f"There is no organization “{named}”, or more than one. Give its id.")
    return rows[0]
