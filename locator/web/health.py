"""Whether this process can serve."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def database_is_ready() -> bool:
    """Say whether every migration has been applied; raises DatabaseError when the database is down."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
