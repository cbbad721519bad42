"""One record of a file that somebody else wrote, as we read it: what of it we take, and what we could not."""

from dataclasses import dataclass, field
from enum import StrEnum

from locator.hsds.agreement import Document


class Kind(StrEnum):
    """What became of a part of a record that was not simply taken."""

    GUESSED = "guessed"  # taken, in another form than it was written
    DROPPED = "dropped"  # we have no place for it
    SKIPPED = "skipped"  # it is why the whole record is not taken


@dataclass(frozen=True)
class Remark:
    """What is said in the report about one field of a record, in words a person can act on."""

    kind: Kind
    field: str
    words: str


@dataclass
class Record:
    """An organization or a service of a file; `document` is in our one shape, and None where it is not taken.

    `key` names the record in its source for good ("service 1234"), `where` says where it stands in this file
    ("services.csv, row 12").
    """

    subject: str  # Change.Subject
    key: str
    where: str
    name: str
    document: Document | None
    remarks: list[Remark] = field(default_factory=list)
