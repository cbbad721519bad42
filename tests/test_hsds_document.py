"""Schemathesis asks HSDS what its OpenAPI document (as we put it together for 3.2) allows and forbids."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from config.wsgi import application
from tests.routes import HSDS
from tests.standards import NO_SCHEMAS, SCHEMAS
from tests.test_documents import kept_connection  # noqa: F401  (a fixture)
from tests.world import World, make_world

if not SCHEMAS.is_dir():
    pytest.skip(NO_SCHEMAS, allow_module_level=True)

pytestmark = pytest.mark.django_db
DOCUMENT = SCHEMAS / "hsds-3.2/openapi-3.2-RECONSTRUCTED.get-only.json"
KEPT = {"not_a_server_error", "content_type_conformance", "response_schema_conformance"}
SOUND = [check for check in CHECKS.get_all() if check.__name__ in KEPT]
schema = schemathesis.openapi.from_path(str(DOCUMENT))
schema.app = application
schema.config.update(base_url=f"http://localhost{HSDS}")


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@schema.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_the_standards_document_tells_the_truth(case: Any, world: World, kept_connection: None) -> None:  # noqa: F811
    """But for `minimal`: the standard asks for an id and a date there, and its schema for a name."""
    minimal = "minimal" in (case.query or {})
    case.call_and_validate(checks=[check for check in SOUND if not minimal or "schema" not in check.__name__])
