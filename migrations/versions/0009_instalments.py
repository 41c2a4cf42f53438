"""Payments of a part of an award: what each order pays of each award."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_SHARED = """
CREATE FUNCTION payment_is_shared() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    shared bigint := (SELECT sum(one) FROM unnest(NEW.shares) one);
BEGIN
    IF NEW.amount <> shared THEN
        RAISE EXCEPTION 'payment % is of %, its shares of %', NEW.id, NEW.amount, shared
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    """The payments there are pay each award whole."""
    op.add_column("payments", sa.Column("shares", sa.ARRAY(sa.BigInteger()), nullable=True))
    op.execute(
        "UPDATE payments SET shares = ARRAY(SELECT w.amount FROM unnest(awards) WITH ORDINALITY AS one (id, place)"
        " JOIN awards w ON w.id = one.id ORDER BY place)"
    )
    op.alter_column("payments", "shares", nullable=False)
    op.create_check_constraint(
        op.f("payments_shares_check"),
        "payments",
        "cardinality(shares) = cardinality(awards) AND 0 < ALL (shares)",
    )
    op.execute(_SHARED)
    op.execute(
        "CREATE TRIGGER payments_shared BEFORE INSERT OR UPDATE ON payments"
        " FOR EACH ROW EXECUTE FUNCTION payment_is_shared()"
    )


def downgrade() -> None:
    """What instalments paid is in the ledger still; the payments say their amount alone."""
    op.execute("DROP TRIGGER payments_shared ON payments")
    op.execute("DROP FUNCTION payment_is_shared()")
    op.drop_constraint(op.f("payments_shares_check"), "payments")
    op.drop_column("payments", "shares")
