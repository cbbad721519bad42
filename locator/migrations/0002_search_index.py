"""The full-text index over `ListingText.tokens`: FTS5 on SQLite, GIN on PostgreSQL.

FTS5 keeps no copy of the words (external content); triggers keep it in step. Its `ascii` tokenizer takes
every letter beyond ASCII as part of a word, so tokens of any script arrive as Python made them.
"""

import sqlite3

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE locator_listingtext_fts USING fts5(
        tokens, content='locator_listingtext', content_rowid='id', tokenize='ascii')""",
    """CREATE TRIGGER locator_listingtext_added AFTER INSERT ON locator_listingtext BEGIN
        INSERT INTO locator_listingtext_fts(rowid, tokens) VALUES (new.id, new.tokens); END""",
    """CREATE TRIGGER locator_listingtext_gone AFTER DELETE ON locator_listingtext BEGIN
        INSERT INTO locator_listingtext_fts(locator_listingtext_fts, rowid, tokens)
        VALUES ('delete', old.id, old.tokens); END""",
    """CREATE TRIGGER locator_listingtext_changed AFTER UPDATE ON locator_listingtext BEGIN
        INSERT INTO locator_listingtext_fts(locator_listingtext_fts, rowid, tokens)
        VALUES ('delete', old.id, old.tokens);
        INSERT INTO locator_listingtext_fts(rowid, tokens) VALUES (new.id, new.tokens); END""",
]
# Without this (SQLite 3.42) a deleted word stays readable in the file until its segment is merged.
SQLITE_SECURE = "INSERT INTO locator_listingtext_fts(locator_listingtext_fts, rank) VALUES ('secure-delete', 1)"
SQLITE_BACK = [
    "DROP TRIGGER locator_listingtext_added",
    "DROP TRIGGER locator_listingtext_gone",
    "DROP TRIGGER locator_listingtext_changed",
    "DROP TABLE locator_listingtext_fts",
]
POSTGRESQL = [
    """CREATE INDEX locator_listingtext_words ON locator_listingtext
        USING gin (array_to_tsvector(string_to_array(tokens, ' ')))""",
]
POSTGRESQL_BACK = ["DROP INDEX locator_listingtext_words"]


def forwards(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if sqlite else POSTGRESQL:
        schema_editor.execute(statement)
    if sqlite and sqlite3.sqlite_version_info >= (3, 42):
        schema_editor.execute(SQLITE_SECURE)


def backwards(apps, schema_editor):
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("locator", "0001_directory")]
    operations = [migrations.RunPython(forwards, backwards)]
