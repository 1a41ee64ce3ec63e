"""What the application's role may do to a table, and the wall between agencies: the words of the migrations."""

from alembic import op

from shared.db import APPLICATION


def grant(table: str, privileges: str = "select, insert, update, delete") -> None:
    """Let the application use `table` in these ways only."""
    op.execute(f"grant {privileges} on {table} to {APPLICATION}")


def wall(table: str) -> None:
    """Show and take only rows of the agency that the transaction has set, even to the table's owner."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy agency on {table} using (agency = current_setting('accord.agency', true))")
