"""Whether this process can serve."""

from django.db import connections, router
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def database_is_ready() -> bool:
    """Say whether every migration has been applied; raises DatabaseError when the database is down."""
    executor = MigrationExecutor(connections[router.db_for_read(MigrationRecorder.Migration)])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
