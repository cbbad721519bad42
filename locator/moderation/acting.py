"""The writing of many changes as one act: rows as they come; listings, redaction and mails once, at the end."""

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from locator import publishing
from locator.hsds.agreement import Document
from locator.models import Change, Service
from locator.moderation import purging, telling
from locator.moderation.deciding import Subject, beside, proposal, write_rows
from locator.moderation.register import check_let_back_by_another
from locator.rules import Actor, Refused, check_is_a_person, organization_of


@dataclass
class Act:
    """What one person does to many services of one organization, inside the caller's transaction."""

    by: Actor
    touched: list[UUID] = field(default_factory=list)
    unstored: list[Change] = field(default_factory=list)
    hidden: list[tuple[Document, Document]] = field(default_factory=list)
    kinds: dict[tuple[str, bool], set[str]] = field(default_factory=dict)  # by organization, and whether asked for

    def put(self, row: Service | None, before: Document | None, cleaned: Document, reason: str) -> Change:
        """Make a document the record; its row is locked, and `before` is what it says now."""
        check_is_a_person(self.by)
        change = proposal(cleaned, row, before, by=self.by, subject=Subject.SERVICE)
        change.previous = before
        check_let_back_by_another(cleaned, before, by=self.by)
        change.state, change.decider, change.reason = Change.State.APPROVED, self.by.name, reason
        change.decided_at = timezone.now()
        try:
            self.touched.append(write_rows(change, cleaned).id)
        except Refused as refused:
            raise Refused(f"{cleaned['name']}: {refused}") from refused
        if purging.hidden_by(before, cleaned) and before:
            change.purged = True
            self.hidden.append((before, cleaned))
        self._note(change, before, asked=False)
        return change

    def propose(self, row: Service, before: Document, cleaned: Document) -> Change:
        """Note a change that a second person has to look at."""
        change = proposal(cleaned, row, before, by=self.by, subject=Subject.SERVICE)
        self._note(change, before, asked=True)
        return change

    def _note(self, change: Change, before: Document | None, *, asked: bool) -> None:
        self.unstored.append(change)
        if before is not None:
            kinds = self.kinds.setdefault((organization_of(before), asked), set())
            kinds |= telling.kinds_of(change.document, before)

    def store(self) -> None:
        """Store the changes that were made since it was called before."""
        Change.objects.bulk_create(self.unstored, batch_size=50)
        self.unstored.clear()

    def turn_down(self, changes: Collection[Change], reason: str) -> None:
        """Turn down what waits."""
        ids = [change.id for change in changes]
        said = {"state": Change.State.REJECTED, "decider": self.by.name, "decided_at": timezone.now()}
        Change.objects.filter(id__in=ids, state=Change.State.WAITING).update(**said, reason=reason)

    def publish(self) -> None:
        """Show what was written, take what is hidden out of the history, and tell the contacts on record."""
        for start in range(0, len(self.touched), publishing.BATCH):
            batch = self.touched[start : start + publishing.BATCH]
            publishing.project([*batch, *beside(batch)])
        purging.purge_all(self.hidden)
        for (organization, asked), kinds in self.kinds.items():
            telling.tell_kinds(kinds, organization, author=self.by.name, asked=asked)
