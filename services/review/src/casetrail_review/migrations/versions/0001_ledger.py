"""The ledger.

Revision ID: 0001
Revises:
"""

from alembic import op

from casetrail_common.migrating import create_ledger

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables every service has."""
    create_ledger(op.get_bind(), app_role="review_app")


def downgrade() -> None:
    """Refuse: a ledger is not taken back."""
    raise NotImplementedError("a ledger is not taken back")
