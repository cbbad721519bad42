"""The documents are true of the program: what they link to, tell people to type and name is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from locator.models.questions import QUESTIONS

ROOT = Path(settings.BASE_DIR)
FRONT = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "DATA-LICENSE.md", "seeds/SOURCES.md"]
DOCUMENTS = [*(ROOT / name for name in FRONT), *sorted((ROOT / "docs").rglob("*.md"))]
READERS = {"flag", "text", "whole", "onion", "listed", "os.environ.get"}
# SAFETY, section 4, "Avoid". Left out are words with a plain use of their own: clean, save, trick, john, fallen.
AVOIDED = re.compile(
    r"\b(prostitut\w*|hookers?|whores?|escorts?|selling (your|their) bod\w+|women and girls|vulnerable women"
    r"|punters?|buyers?|abusers?|pimps?|madams?|traffickers?|streetwalkers?|high-class|high-risk"
    r"|rescu\w+|exit programmes?|rehabilitat\w+|at-risk|survivors?|victims?|illegals?|illegal immigrants?"
    r"|dirty|disease spreaders?|infected|addicts?|junkies?|child sex workers?|teen \w*prostitut\w*"
    r"|eligibility criteria|documentation requirements|data controllers?)\b",
    re.IGNORECASE,
)


def documents() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def typed(path: Path) -> str:
    """Return what a document shows as typed: between backticks, in a line or in a block."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", path.read_text(encoding="utf-8"), re.DOTALL))


def settings_read() -> Iterator[str]:
    """Yield every name that the configuration reads from the environment."""
    for path in sorted((ROOT / "config").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            if ast.unparse(node.func) in READERS:
                yield str(node.args[0].value)


@documents()
def test_links_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not missing


@documents()
def test_what_people_are_told_to_make_can_be_made(path: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert not set(re.findall(r"\bmake ([a-z][\w-]*)", typed(path))) - targets


@documents()
def test_commands_that_are_named_exist(path: Path) -> None:
    assert not set(re.findall(r"manage\.py ([a-z]\w*)", typed(path))) - get_commands().keys()


def test_our_own_commands_are_all_told_of() -> None:
    ours = {name for name, app in get_commands().items() if app == "locator"}
    told = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert not {name for name in ours if name not in told}


@pytest.mark.parametrize("name", sorted(set(settings_read())))
def test_every_setting_is_in_the_table(name: str) -> None:
    rows = [line for line in (ROOT / "docs" / "operating.md").read_text().splitlines() if line.startswith("|")]
    assert any(f"`{name}`" in row for row in rows), f"docs/operating.md does not name {name}."


def test_settings_are_found() -> None:
    assert {"DATABASE_URL", "PRODUCTION", "ALLOWED_HOSTS", "PORT", "SENTRY_DSN"} <= set(settings_read())


@pytest.mark.parametrize("question", [question.key for question in QUESTIONS])
def test_every_question_is_in_the_changelog(question: str) -> None:
    assert f"`{question}`" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@documents()
def test_words_that_hurt_are_not_ours(path: Path) -> None:
    assert not [match[0] for match in AVOIDED.finditer(path.read_text(encoding="utf-8"))]
