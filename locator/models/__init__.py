"""The tables, one module per concept."""

from locator.models.accounts import Invitation, Membership, Moderator
from locator.models.changes import Approval, Change
from locator.models.contacts import Contact, DatedHours, Hours, Language, Link, Phone
from locator.models.directory import (
    CostOption,
    Location,
    Offer,
    Organization,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Status,
    Translation,
    Visibility,
)
from locator.models.facts import Basis, Fact
from locator.models.gazetteer import Place, PlaceName, Postcode
from locator.models.inclusion import Inclusion
from locator.models.listing import (
    Listing,
    ListingData,
    ListingLanguage,
    ListingText,
    OpenInterval,
    SearchToken,
    TokenVariant,
)
from locator.models.notices import Notice
from locator.models.reports import Report
from locator.models.suggestions import Suggestion
from locator.models.taxonomy import Term
from locator.models.uploads import Upload, UploadRow

__all__ = [
    "Approval",
    "Basis",
    "Change",
    "Contact",
    "CostOption",
    "DatedHours",
    "Fact",
    "Hours",
    "Inclusion",
    "Invitation",
    "Language",
    "Link",
    "Listing",
    "ListingData",
    "ListingLanguage",
    "ListingText",
    "Location",
    "Membership",
    "Moderator",
    "Notice",
    "Offer",
    "OpenInterval",
    "Organization",
    "Phone",
    "Place",
    "PlaceName",
    "Postcode",
    "Report",
    "SearchToken",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "Status",
    "Suggestion",
    "Term",
    "TokenVariant",
    "Translation",
    "Upload",
    "UploadRow",
    "Visibility",
]
