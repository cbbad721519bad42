"""What somebody gets who takes the server: write the tables of docs/privacy.md. Run `make seizure` (SAFETY R31).

Which column is whose stands in tests/classification.py, where the harnesses read it too. Here stand the tables of
Django and allauth, what the rows of each table are and how long they stay, and the files. A table, a column or a
writer of files that nobody has described fails tests/test_seizure.py by name.
"""

import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

import django
from django.apps import apps

from tests.classification import FIELDS, MODERATOR, PUBLIC, PUBLISHED, READERS, REFERENCE, SOMETIMES, STAFF, WHOLE

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "privacy.md"
BEGIN, END = "<!-- made by `make seizure`: do not edit -->\n", "<!-- until here -->\n"

# Whose a column is. "public": everybody can read it already, or could, once it is listed or confirmed.
EVERYBODYS, OURS, TEAMS, SECRET, NOBODYS = "public", "organization", "staff", "secret", "nobody's"
LISTED = "the service is deleted"


class Rows(NamedTuple):
    """The rows of a table: what they are, until when one stays; whose its columns are, where no harness says."""

    about: str
    until: str = LISTED
    days: int | None = None  # until they are deleted by night (locator.exchange.forgetting)
    columns: Mapping[str, str] = {}

    @property
    def kept(self) -> str:
        if self.until == LISTED and self.days:
            return f"it is {self.days} days old"
        return self.until


ACCOUNT = "the account is deleted"
NEVER = "nothing is ever written there"
PROGRAM = "the next version"
PLACES = "the next `load_gazetteer`"
EDIT = "the next edit, or " + LISTED
TABLES: dict[str, Rows] = {
    # People with an account
    "auth_user": Rows(
        "who keeps listings right: name, mailbox, Argon2 hash of the password, since when, when last signed in",
        ACCOUNT,
        columns={"password": SECRET, "*": TEAMS},
    ),
    "account_emailaddress": Rows("their mailbox", ACCOUNT, columns={"*": TEAMS}),
    "account_emailconfirmation": Rows("mailboxes to confirm", NEVER, columns={"*": SECRET}),
    "mfa_authenticator": Rows(
        "their second steps: secrets, public keys, recovery codes; when last used",
        "they take it away",
        columns={"data": SECRET, "*": TEAMS},
    ),
    "django_session": Rows(
        "who is signed in: a key that opens it, which account, with which address and how, a little of what they "
        "do. Of a password that is being reset, what was typed and the code, sealed with a key in memory",
        "it is signed out; by night, 30 minutes after the last request",
        days=1,
        columns={"expire_date": TEAMS, "*": SECRET},
    ),
    "auth_group": Rows("groups of accounts", NEVER, columns={"*": TEAMS}),
    "auth_group_permissions": Rows("what groups may do", NEVER, columns={"*": TEAMS}),
    "auth_user_groups": Rows("who is in a group", NEVER, columns={"*": TEAMS}),
    "auth_user_user_permissions": Rows("what one account may do", NEVER, columns={"*": TEAMS}),
    "django_admin_log": Rows(
        "what staff changed in the back room, where nothing can be", NEVER, columns={"*": TEAMS}
    ),
    "locator_membership": Rows(
        "who works for which organization, as what, asked by whom", "they are removed, or leave"
    ),
    "locator_moderator": Rows("who decides, since which day", ACCOUNT),
    "locator_invitation": Rows("a mailbox that was asked to join, by whom", "it is taken, or 7 days old", 7),
    "locator_apikey": Rows(
        "keys of programs: name, first letters, SHA-256, who made it", "the organization is deleted"
    ),
    "locator_bounce": Rows("mailboxes that take no mail", "a moderator takes it off the list"),
    "locator_reminder": Rows("which member or contact was asked about a listing, on which day"),
    # Organizations and services
    "locator_organization": Rows("the organization, and what staff noted of it", "it is deleted"),
    "locator_contact": Rows(
        "people at an organization to ask: name, mailbox, phone", "the next edit, or it is deleted"
    ),
    "locator_inclusion": Rows(
        "whether an organization is let in, why, who said so", "the organization is deleted"
    ),
    "locator_service": Rows("the service, listed or not, and what staff noted of it", "it is deleted"),
    "locator_service_types": Rows("of which kind it is", EDIT, columns={"*": EVERYBODYS}),
    "locator_service_credentials": Rows("which papers it asks for", EDIT, columns={"*": EVERYBODYS}),
    "locator_location": Rows("where it is; of a confidential one the area alone", EDIT),
    "locator_serviceatlocation": Rows("which service is where", EDIT),
    "locator_servicearea": Rows("where it works", EDIT),
    "locator_phone": Rows("its numbers, shown once a person confirmed them", EDIT),
    "locator_link": Rows("its pages and mailboxes, shown once a person confirmed them", EDIT),
    "locator_language": Rows("languages spoken there", EDIT),
    "locator_costoption": Rows("what it costs", EDIT),
    "locator_hours": Rows("when it is open", EDIT),
    "locator_datedhours": Rows("when it is open on certain dates", EDIT),
    "locator_fact": Rows("answers to questions, with whose word and when", EDIT),
    "locator_translation": Rows("its words in other languages", EDIT),
    "locator_notice": Rows("emergency notices, and who wrote them", "somebody deletes it"),
    # Work on them
    "locator_change": Rows(
        "every change: before, after, who proposed and decided it, why", "for good: it is the history"
    ),
    "locator_approval": Rows("who else agreed to a change", "for good: it is the history"),
    "locator_moved": Rows("which service is which other one, who said so"),
    "locator_contactcheck": Rows("whether a page or number was found working; a keyed hash of it", "it is edited"),
    "locator_import": Rows("files of others that were read: name, who ran it, when", "for good"),
    "locator_sourcerecord": Rows(
        "which record of a file became which listing; what was guessed", "it is left out"
    ),
    "locator_upload": Rows("spreadsheets sent in: who, when, for whom", days=30),
    "locator_uploadrow": Rows("their rows that would change something", "it is taken over, or as the upload"),
    "locator_leftout": Rows("that somebody asked to be left out: kind, reason, day, who noted it", "for good"),
    "locator_leftoutmark": Rows("keyed hashes of what was left out; nothing to read", "for good"),
    # What visitors leave
    "locator_report": Rows("what visitors say is wrong: service, one of five kinds, day, how often", days=90),
    "locator_suggestion": Rows(
        "services that visitors suggest: name, place, page or number, days, how often", days=180
    ),
    "locator_passedon": Rows("lists with four words: keyed hash of the words, services, day", days=30),
    # What is published
    "locator_listing": Rows("what is listed, to search", "it is hidden or withdrawn"),
    "locator_listingdata": Rows("what is listed, as shown", "it is hidden or withdrawn"),
    "locator_listinglanguage": Rows("its languages", "it is hidden or withdrawn"),
    "locator_listingtext": Rows("its words", "it is hidden or withdrawn"),
    "locator_listingtext_fts": Rows(
        "an index of its words, on SQLite, and the tables behind it (`_data`, `_idx`, `_docsize`, `_config`)",
        "it is hidden or withdrawn",
        columns={"*": EVERYBODYS},
    ),
    "locator_searchtoken": Rows("words that occur, and how often", "no listing says it"),
    "locator_tokenvariant": Rows("misspellings of them", "no listing says it"),
    "locator_openinterval": Rows("when it is open in the coming 28 days", "by night, when it is past"),
    "locator_listingchange": Rows(
        "for copies elsewhere: which service was listed, changed or withdrawn, on which day",
        "what was withdrawn: a year later; of what is listed the last note stays",
        days=365,
    ),
    "locator_listingmoved": Rows("addresses that lead elsewhere", "the other is not listed"),
    "locator_feedposition": Rows("how far the feed is numbered", "for good"),
    # Places and vocabularies
    "locator_place": Rows("towns and areas", PLACES),
    "locator_placename": Rows("their names", PLACES),
    "locator_postcode": Rows("postcodes", PLACES),
    "locator_term": Rows("kinds of help and papers", PROGRAM),
    "auth_permission": Rows("Django's own", PROGRAM, columns={"*": NOBODYS}),
    "django_content_type": Rows("Django's own", PROGRAM, columns={"*": NOBODYS}),
    "django_migrations": Rows("which versions made these tables, and when", PROGRAM, columns={"*": NOBODYS}),
    "sqlite_sequence": Rows("SQLite's own counters", PROGRAM, columns={"*": NOBODYS}),
}
# All columns of tables that are one whole in tests/classification.py, or are not ours: a new one is said here.
COLUMNS = {
    "auth_user": (
        "id password last_login is_superuser username first_name last_name email is_staff is_active date_joined"
    ),
    "account_emailaddress": "id user email verified primary",
    "account_emailconfirmation": "id email_address created sent key",
    "mfa_authenticator": "id user type data created_at last_used_at",
    "django_session": "session_key session_data expire_date",
    "auth_group": "id name",
    "auth_group_permissions": "id group permission",
    "auth_user_groups": "id user group",
    "auth_user_user_permissions": "id user permission",
    "django_admin_log": "id action_time user content_type object_id object_repr action_flag change_message",
    "locator_membership": "id user organization role invited_by since language",
    "locator_moderator": "id user since",
    "locator_invitation": "id email organization role invited_by by_account expires_at",
    "locator_apikey": "id organization name prefix mark made_by made_at expires_on last_used_on revoked_at",
    "locator_bounce": "id email on",
    "locator_reminder": "id service assured_date step recipient sent_on",
    "locator_contact": "id organization name title email phone",
    "locator_inclusion": "id organization decision reason decided_by decided_on",
    "locator_service_types": "id service term",
    "locator_service_credentials": "id service term",
    "locator_change": (
        "id subject subject_id document previous base_revision base finds state author author_account "
        "by_role proposed_at decider decided_at reason replaced_by purged"
    ),
    "locator_approval": "id change name account by_role given_at",
    "locator_contactcheck": "contact service mark checked_on fault first_failed last_failed quiet_until",
    "locator_import": "id source file author read_at taken_back",
    "locator_sourcerecord": (
        "id source key subject said_id row_id is_ours fingerprint where remarks doubtful change of_import"
    ),
    "locator_upload": "id kind organization account author made_at state looks stay",
    "locator_uploadrow": "id upload number kind name service_id cells document mark problems done waiting",
    "locator_leftout": (
        "id wish kind reason decided_by decided_account decided_on let_back_by let_back_account "
        "let_back_on let_back_reason"
    ),
    "locator_leftoutmark": "id entry mark",
    "locator_report": "id service kind day count",
    "locator_suggestion": "id same name where contact how first last count",
    "locator_passedon": "key ids day",
    "locator_listing": (
        "id service_id organization_id short_id sole reach serves country area_only latitude longitude x "
        "y z reach_squared past yes_bits said_bits need_bits channel_bits language_codes assured_date "
        "fresh_until open_packed hours_to known_until last_modified name_key"
    ),
    "locator_listingdata": "listing data",
    "locator_listinglanguage": "id listing code",
    "locator_listingtext": "id listing language tokens",
    "locator_listingtext_fts": "tokens",
    "locator_searchtoken": "id token uses",
    "locator_tokenvariant": "id token variant",
    "locator_openinterval": "id listing start_utc end_utc unsure",
    "locator_listingchange": "id service_id kind on number",
    "locator_listingmoved": "id short_id service_id to",
    "locator_feedposition": "id last forgotten",
    "locator_place": (
        "id name kind country region near qualifiers population latitude longitude precision_km reach_km "
        "timezone slug"
    ),
    "locator_placename": "id place norm primary",
    "locator_postcode": "id country norm name population latitude longitude precision_km",
    "locator_term": "id vocabulary code name description",
    "auth_permission": "id name content_type codename",
    "django_content_type": "id app_label model",
    "django_migrations": "id app name applied",
    "sqlite_sequence": "name seq",
}
SECRETS = {"ApiKey.mark", "LeftOutMark.mark", "PassedOn.key", "ContactCheck.mark"}
SHADOWS = "locator_listingtext_fts_"  # FTS5 keeps its index in tables of its own


class Files(NamedTuple):
    """One kind of file: where, what somebody reads in it, whose that is, until when, and which code writes it."""

    where: str
    holds: str
    whose: str
    until: str
    writers: Collection[str] = ()


FILES = [
    Files(
        "`var/brolly.sqlite3`, `-wal`, `-shm`; or PostgreSQL's data folder with `pg_wal`",
        "every table above. Deleted rows are written over (SQLite), or stay until `VACUUM` and until their part "
        "of `pg_wal` is used again (PostgreSQL)",
        "as above",
        "as above",
        ("config/env.py", "locator/exchange/backups/tools.py"),
    ),
    Files(
        "`.env`",
        "`SECRET_KEY`, passwords of the database and the mail server, what connects text messages",
        SECRET,
        "it is replaced",
    ),
    Files(
        "the file `SEALING_SECRET_FILE` names, in memory",
        "opens addresses of searches made since the start",
        SECRET,
        "the machine is off",
    ),
    Files(
        "the memory of the processes",
        "requests that are being answered; the key of sealed addresses, of today and the day before; counts under "
        "keys of the day; how many answers there were; for twenty minutes what MORE asks for",
        "visitors'",
        "the answer is sent; at most two days, or the machine is off",
    ),
    Files("swap", "what was in memory: turn it off, or encrypt it", "visitors'", "it is written over"),
    Files("core dumps", "nothing of the program: `LimitCORE=0` in every unit", NOBODYS, "never written"),
    Files(
        "the system's journal",
        "starts and ends; of each fault its kind, the place in the code and the second: that somebody asked for "
        "something then, not who or what",
        TEAMS,
        "as journald is set",
    ),
    Files(
        "nginx",
        "no log; a partner's spreadsheet while it arrives (`client_body_temp_path`), and what is published as a "
        "file while somebody fetches it (`proxy_temp_path`)",
        OURS,
        "it has arrived",
    ),
    Files(
        "PostgreSQL's log",
        "starts, ends and kinds of faults; no statement and no value, with `deploy/postgresql.conf`",
        TEAMS,
        "as Debian turns logs over",
    ),
    Files(
        "the mail server's queue and log",
        "mailboxes of members and contacts, and what was written to them; no visitor's",
        TEAMS,
        "it is delivered; as the mail server is set",
    ),
    Files(
        "`/backup/*.age`",
        "every table but sessions, encrypted for a key that is elsewhere",
        SECRET,
        "`BACKUP_DAYS`",
        ("locator/exchange/backups/__init__.py",),
    ),
    Files(
        "`.copy-*` beside the database",
        "every table, readable, while SQLite is backed up",
        SECRET,
        "the backup is made; of one that was killed, the next is made",
        ("locator/exchange/backups/tools.py",),
    ),
    Files(
        "`SAVED_DIR`: `/srv/brolly/saved`",
        "public pages as files, a lock and a hash. After something was hidden the copy is served to nobody, and "
        "its files stay until the next one",
        EVERYBODYS,
        "the next copy, a minute later",
        ("locator/web/saving.py",),
    ),
    Files(
        "`staticfiles/`, `locale/`, the program",
        "what is published as its source",
        NOBODYS,
        PROGRAM,
        ("config/catalogues.py", "locator/management/commands/prepare.py"),
    ),
    Files(
        "files without a name in `TMPDIR` (`PrivateTmp`)",
        "a file of others while it is read, an export while it is sent, a backup while it is put back; an empty "
        "one by which workers take turns",
        OURS,
        "that is done",
        (
            "locator/exchange/dialects/store.py",
            "locator/exchange/pacing.py",
            "locator/exchange/packages/public.py",
            "locator/exchange/backups/__init__.py",
        ),
    ),
    Files("`/dev/shm`", "whether each worker is alive: empty files", NOBODYS, "the worker ends"),
    Files(
        "files that an operator names",
        "`export_hsds`: what is published, or with `--full` the whole record; `import_hsds --report`: what was "
        "read; the key of `backup --new-key`, which belongs elsewhere",
        OURS,
        "they delete it",
        (
            "locator/exchange/packages/containers.py",
            "locator/exchange/taking/reporting.py",
            "locator/exchange/backups/__init__.py",
        ),
    ),
]


def class_of(table: str, model: str, column: str) -> str | None:
    """Return whose a column is; None if nobody has said so."""
    if column not in COLUMNS.get(table, column).split():
        return None
    own = TABLES[table].columns
    if own:
        return own.get(column, own.get("*"))
    if f"{model}.{column}" in SECRETS:
        return SECRET
    said = WHOLE.get(model, FIELDS.get(model, {}).get(column))
    if said in {PUBLIC, PUBLISHED, SOMETIMES}:
        return EVERYBODYS
    if said == REFERENCE:
        return NOBODYS
    readers = READERS.get(f"{model}.{column}", READERS.get(f"{model}.*"))
    return (OURS if readers - {STAFF, MODERATOR} else TEAMS) if readers else None


def columns_of(table: str) -> dict[str, str | None]:
    """Return the columns of a table as the program calls them, each with whose it is."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return {name.name: class_of(table, model.__name__, name.name) for name in model._meta.concrete_fields}
    return {name: class_of(table, "", name) for name in COLUMNS[table].split()}


def whose(table: str) -> str:
    """Return in words whose the columns are."""
    of_column = columns_of(table)
    named = {kind: [f"`{name}`" for name, its in of_column.items() if its == kind] for kind in of_column.values()}
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in named.items())


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def made() -> str:
    """Return both tables as Markdown."""
    tables = [row(f"`{name}`", rows.about, whose(name), rows.kept) for name, rows in TABLES.items()]
    files = [row(kind.where, kind.holds, kind.whose, kind.until) for kind in FILES]
    head = ["| Table | What its rows are | Whose its columns are | Kept until |", "|---|---|---|---|"]
    head_of_files = ["| Files | What is in them | Whose that is | Kept until |", "|---|---|---|---|"]
    return "\n".join([*head, *tables, "", *head_of_files, *files, ""])


def written() -> str:
    """Return docs/privacy.md with the tables as they are now; raise ValueError where they have no place in it."""
    before, begin, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT} has no place for the tables")
    return f"{before}{BEGIN}{made()}{END}{after}"


if __name__ == "__main__":
    django.setup()
    DOCUMENT.write_text(written(), encoding="utf-8")
    sys.stdout.write(f"{len(TABLES)} tables and {len(FILES)} kinds of files: {DOCUMENT.name}\n")
