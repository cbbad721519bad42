"""What was read from files of others: which record of which source became which row, and by which import."""

import uuid

from django.db import models
from django.db.models import Q

from locator.models.changes import Change


class Import(models.Model):
    """One file, folder or package that was read. It is not kept; what it proposed is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=100)
    file = models.CharField(max_length=200)  # its name, without the folders it lay in
    author = models.CharField(max_length=200)  # who ran it; the source's name where nobody said
    read_at = models.DateTimeField(auto_now_add=True)
    taken_back = models.BooleanField(default=False)

    class Meta:
        ordering = ["-read_at", "id"]
        constraints = [models.CheckConstraint(name="import_has_source", condition=~Q(source=""))]

    def __str__(self) -> str:
        return f"{self.source}: {self.file}"


class SourceRecord(models.Model):
    """A record of a source, as it was when it last said something new."""

    source = models.CharField(max_length=100)
    key = models.CharField(max_length=200)  # what names it in its source, for good
    subject = models.CharField(max_length=15, choices=Change.Subject)
    said_id = models.UUIDField()  # the id that its document had
    row_id = models.UUIDField(db_index=True)  # of the service or organization that it is about
    is_ours = models.BooleanField()  # it was in the directory before: the source only fills in what we do not know
    fingerprint = models.CharField(max_length=32, blank=True)  # of all it said; "" once it was taken back
    where = models.CharField(max_length=300)  # "services.csv, row 12"
    remarks = models.JSONField(default=list)  # [kind, field, words]: guessed, dropped
    doubtful = models.BooleanField(default=False)  # it looks like another one: nobody approves it without looking
    change = models.ForeignKey(Change, on_delete=models.SET_NULL, null=True, related_name="of_records")
    of_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="records")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="record_once_a_source")]

    def __str__(self) -> str:
        return f"{self.source}: {self.key}"
