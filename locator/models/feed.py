"""What copies of the directory elsewhere are told: a service was listed, changed or withdrawn, and no more."""

from django.db import models
from django.db.models import Q


class ListingChange(models.Model):
    """The last thing that became of what is shown of a service; a row a service, so it holds no history.

    Written in the transaction that publishes. Its number comes after that is committed (`publishing.feed.number`):
    numbers given earlier could become visible out of order, and a reader would pass over one.
    """

    class Kind(models.TextChoices):
        LISTED = "listed"
        CHANGED = "changed"
        WITHDRAWN = "withdrawn"

    service_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()  # the day, UTC: when people work is nobody's business
    number = models.BigIntegerField(null=True, unique=True)  # None until the next `number`

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="listing_change_known", condition=Q(kind__in=["listed", "changed", "withdrawn"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind}"


class FeedPosition(models.Model):
    """How far the feed is: one row, locked while numbers are given."""

    last = models.BigIntegerField(default=0)  # the number given last
    forgotten = models.BigIntegerField(default=0)  # up to here tombstones may be gone

    def __str__(self) -> str:
        return f"{self.forgotten} to {self.last}"
