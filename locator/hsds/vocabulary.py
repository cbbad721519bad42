"""The kinds of help and the ways to get in touch, each with the bit it has in a `Listing`."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from locator.models import Term
from locator.models.languages import LANGUAGES
from locator.models.questions import Words


@dataclass(frozen=True)
class ServiceType:
    """A kind of help."""

    code: str
    bit: int  # never reused, never changed
    label: Words
    words: str  # more English words people search with


TYPES: tuple[ServiceType, ...] = (
    ServiceType("drop-in", 0, _("Drop-in"), "walk in centre open door"),
    ServiceType("outreach", 1, _("Outreach"), "street van visits"),
    ServiceType("helpline", 2, _("Helpline"), "phone line call hotline"),
    ServiceType("counselling", 3, _("Counselling and therapy"), "counseling therapist psychologist mental health"),
    ServiceType("peer-support", 4, _("Peer support group"), "peers meeting"),
    ServiceType("online-community", 5, _("Online community"), "forum chat"),
    ServiceType("therapist-directory", 6, _("List of friendly therapists"), "directory therapist"),
    ServiceType("legal", 7, _("Legal advice"), "lawyer solicitor rights law"),
    ServiceType("housing", 8, _("Housing help"), "homeless shelter hostel home"),
    ServiceType("rest-space", 9, _("Rest space"), "sleep bed quiet room night"),
    ServiceType("supplies", 10, _("Food, shower, supplies"), "meal condoms clothes laundry"),
    ServiceType("health", 11, _("Health and STI testing"), "clinic doctor nurse sexual hiv test contraception"),
    ServiceType("trans-health", 12, _("Trans health"), "hormones endocrinologist gender"),
    ServiceType("harm-reduction", 13, _("Drug and alcohol harm reduction"), "needle exchange naloxone drugs"),
    ServiceType("violence-support", 14, _("Support after violence"), "sexual assault partner domestic abuse"),
    ServiceType("reporting", 15, _("Reporting and warnings"), "alerts dodgy bad client scheme"),
    ServiceType("money", 16, _("Money and emergency funds"), "fund grant cash benefits debt"),
    ServiceType("workshops", 17, _("Workshops and training"), "course skills class"),
    ServiceType("migrant-support", 18, _("Migrant support"), "visa asylum papers immigration"),
    ServiceType("advocacy", 19, _("Advocacy"), "rights campaign union accompany"),
)
TYPES_BY_CODE: dict[str, ServiceType] = {kind.code: kind for kind in TYPES}

CREDENTIALS: dict[str, tuple[str, str]] = {
    "equitable-care-certification": (
        "Equitable Care Certification",
        "36 hours of training for professionals, taught in part by sex workers",
    ),
}


@dataclass(frozen=True)
class Channel:
    """A confirmed way to reach a service, or its door."""

    code: str
    bit: int
    label: Words


CHANNELS: tuple[Channel, ...] = (
    Channel("in_person", 0, _("In person")),
    Channel("phone", 1, _("By phone")),
    Channel("text", 2, _("By text message")),
    Channel("chat", 3, _("By chat")),
    Channel("online", 4, _("Online")),
    Channel("email", 5, _("By e-mail")),
)


def store_terms(**_signal: Any) -> None:
    """Bring the Term rows into step with these tables; rows that something uses are never deleted."""
    rows = [Term(vocabulary="service-type", code=kind.code, name=str(kind.label)) for kind in TYPES]
    rows += [
        Term(vocabulary="credential", code=code, name=name, description=description)
        for code, (name, description) in CREDENTIALS.items()
    ]
    rows += [Term(vocabulary="language", code=code, name=name) for code, (name, _own) in LANGUAGES.items()]
    Term.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["vocabulary", "code"],
        update_fields=["name", "description"],
    )
