"""API keys: the secret is kept as its SHA-256 only."""

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from app.store.columns import instant, mode_check, mode_column, text_id
from app.store.database import METADATA

api_keys = Table(
    "api_keys",
    METADATA,
    mode_column(),
    text_id(),
    Column("name", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("hint", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("platform", Text),
    Column("person", Text),
    Column("created_by", Text, nullable=False),
    instant("created_at"),
    instant("expires_at", nullable=True),
    instant("revoked_at", nullable=True),
    mode_check(),
    CheckConstraint("length(secret_hash) = 32", name="secret_hash"),
    CheckConstraint("cardinality(scopes) > 0", name="scopes"),
    # A platform's key has `apply` and nothing else; every other key names a person.
    CheckConstraint(
        "CASE WHEN 'apply' = ANY (scopes)"
        " THEN scopes = ARRAY['apply'] AND platform IS NOT NULL AND person IS NULL"
        " ELSE platform IS NULL AND person IS NOT NULL END",
        name="holder",
    ),
    # Never `*`, which stands for the office.
    CheckConstraint("platform ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$'", name="platform"),
    Index("api_keys_secret_hash_key", "secret_hash", unique=True),
)
