"""The tables, one module per concept."""

from locator.models.accounts import Invitation, Membership, Moderator
from locator.models.api_keys import ApiKey
from locator.models.changes import Approval, Change
from locator.models.contact_checks import ContactCheck
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
from locator.models.feed import FeedPosition, ListingChange
from locator.models.gazetteer import Place, PlaceName, Postcode
from locator.models.inclusion import Inclusion
from locator.models.left_out import LeftOut, LeftOutMark
from locator.models.listing import (
    Listing,
    ListingData,
    ListingLanguage,
    ListingMoved,
    ListingText,
    OpenInterval,
    SearchToken,
    TokenVariant,
)
from locator.models.moved import Moved
from locator.models.notices import Notice
from locator.models.passed_on import PassedOn
from locator.models.reminders import Bounce, Reminder
from locator.models.reports import Report
from locator.models.sources import Import, SourceRecord
from locator.models.suggestions import Suggestion
from locator.models.taxonomy import Term
from locator.models.uploads import Upload, UploadRow

__all__ = [
    "ApiKey",
    "Approval",
    "Basis",
    "Bounce",
    "Change",
    "Contact",
    "ContactCheck",
    "CostOption",
    "DatedHours",
    "Fact",
    "FeedPosition",
    "Hours",
    "Import",
    "Inclusion",
    "Invitation",
    "Language",
    "LeftOut",
    "LeftOutMark",
    "Link",
    "Listing",
    "ListingChange",
    "ListingData",
    "ListingLanguage",
    "ListingMoved",
    "ListingText",
    "Location",
    "Membership",
    "Moderator",
    "Moved",
    "Notice",
    "Offer",
    "OpenInterval",
    "Organization",
    "PassedOn",
    "Phone",
    "Place",
    "PlaceName",
    "Postcode",
    "Reminder",
    "Report",
    "SearchToken",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "SourceRecord",
    "Status",
    "Suggestion",
    "Term",
    "TokenVariant",
    "Translation",
    "Upload",
    "UploadRow",
    "Visibility",
]
