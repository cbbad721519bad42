"""The house keeps its shape: who may touch which table, how long things may be, where commands end."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PUBLIC_READERS = [
    "locator/web",
    "locator/api",
    "locator/search",
    "locator/exchange/exporting.py",
    "locator/exchange/open_referral",
]
PUBLISHED = {
    "Notice",  # written to be shown as it stands; its author is never read here
    "Listing",
    "ListingData",
    "ListingLanguage",
    "ListingMoved",
    "ListingText",
    "OpenInterval",
    "SearchToken",
    "TokenVariant",
}
REFERENCE = {"Term", "Place", "PlaceName", "Postcode"}
MODELS = {model.__name__ for model in apps.get_app_config("locator").get_models()}


def modules(*parts: str) -> list[Path]:
    found: list[Path] = []
    for part in parts:
        path = ROOT / part
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path for path in found if "migrations" not in path.parts]


def names_used(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.parametrize("path", modules(*PUBLIC_READERS), ids=lambda path: str(path.relative_to(ROOT)))
def test_public_code_touches_listings_and_reference_tables_only(path: Path) -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("locator.models")
        for alias in node.names
    }
    assert not (imported & MODELS) - PUBLISHED - REFERENCE


@pytest.mark.parametrize("path", modules(*PUBLIC_READERS), ids=lambda path: str(path.relative_to(ROOT)))
def test_public_code_writes_nothing(path: Path) -> None:
    writing = {
        "create",
        "bulk_create",
        "update",
        "bulk_update",
        "save",
        "delete",
        "get_or_create",
        "update_or_create",
    }
    calls = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        # `.update(` on a dict or a set is not a query.
        and not (node.func.attr == "update" and not isinstance(node.func.value, (ast.Call, ast.Attribute)))
    }
    assert not calls & writing


@pytest.mark.parametrize("path", modules("locator"), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_reaches_past_the_import_rule(path: Path) -> None:
    assert not names_used(path) & {"get_model", "raw", "RawSQL", "import_module", "__import__"}


@pytest.mark.parametrize("path", modules("locator", "config"), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400
    assert [name for name, length in functions(path) if length > 50] == []


@pytest.mark.parametrize("path", modules("locator/management/commands"), ids=lambda path: path.name)
def test_commands_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 60


def test_no_module_is_called_by_no_name() -> None:
    nameless = {"utils", "helpers", "common", "core", "misc"}
    assert not nameless & {path.stem for path in modules("locator", "config", "tests")}


@pytest.mark.parametrize("path", modules("locator/portal"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_portal_gets_its_rows_from_rules(path: Path) -> None:
    """So that who may see a row is decided in one place; the gazetteer is everybody's."""
    reached = {
        node.value.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
        if isinstance(node.value, ast.Name)
    }
    assert not reached & (MODELS - REFERENCE)
    assert "get_user_model" not in names_used(path)


WRITERS = {"write_service", "write_organization", "write_new_services"}


def test_directory_rows_are_written_by_moderation_alone() -> None:
    writers = [path for path in modules("locator") if names_used(path) & WRITERS]
    known = ["locator/moderation/deciding.py", "locator/moderation/own.py", "locator/moderation/sources.py"]
    assert [str(path.relative_to(ROOT)) for path in writers] == known


# Who may ask another machine for something (SAFETY R12): by module, with the reason.
REACH_OUT = {
    "locator/mailing.py": "the error of a mail server that refuses an address; mails go to EMAIL_URL alone",
    "locator/exchange/reaching.py": "pages of listed services, for `check_links`: off unless LINK_CHECKS says so",
}
NETWORK = (
    "socket", "ssl", "http.client", "urllib.request", "urllib.error", "ftplib", "smtplib", "requests", "httpx",
    "urllib3", "aiohttp", "asyncio",
)  # fmt: skip


def imported(path: Path) -> set[str]:
    """Return the modules that one imports, in full."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_r12_only_what_is_named_here_can_reach_out() -> None:
    out = {
        str(path.relative_to(ROOT))
        for path in modules("locator", "config")
        for name in imported(path)
        if name in NETWORK or name.startswith(tuple(f"{each}." for each in NETWORK))
    }
    assert out == set(REACH_OUT)


def test_r12_nothing_that_a_visitor_asks_for_reaches_out() -> None:
    reached = {"locator.exchange.reaching", "locator.exchange.link_checks"}
    who = {str(path.relative_to(ROOT)) for path in modules("locator", "config") if imported(path) & reached}
    assert who == {"locator/exchange/link_checks.py", "locator/management/commands/check_links.py"}
