"""Lists that were given four words: what the words lead to, and nothing of who made or used them."""

from django.db import models


class PassedOn(models.Model):
    """A list behind a code. The code itself is not here: `key` is a keyed hash of it."""

    key = models.CharField(max_length=64, primary_key=True)
    ids = models.CharField(max_length=300)  # short ids, with commas
    day = models.DateField(db_index=True)  # on which it was made; nothing finer

    def __str__(self) -> str:
        return self.ids
