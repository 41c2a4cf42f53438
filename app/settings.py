"""What the surroundings decide: environment variables named DUIXIAN_*, read once at start."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, PostgresDsn, SecretStr, TypeAdapter, field_validator
from pydantic_settings import SettingsConfigDict

from app.access_settings import AccessSettings
from app.rules.money import parse_yuan

PACKAGED_POLICIES = Path(__file__).resolve().parent / "policies"

_DSN: TypeAdapter[PostgresDsn] = TypeAdapter(PostgresDsn)


class Settings(AccessSettings):
    """All settings of the service, each with a default that suits a laptop."""

    model_config = SettingsConfigDict(env_prefix="DUIXIAN_", frozen=True, extra="ignore")

    database_url: str | None = None
    """`postgresql://user:password@host:port/name`; unset: the service starts a PostgreSQL of its own."""
    data: Path = Path(".data")
    """The folder of that own PostgreSQL; not used with `database_url`."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    policies: Path = PACKAGED_POLICIES
    """The folder with one folder per policy pack."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    pool_size: int = Field(default=10, ge=1, le=200)
    """Database connections that one worker may hold."""
    statement_timeout_seconds: int = Field(default=15, ge=1, le=3600)
    lock_timeout_seconds: int = Field(default=5, ge=1, le=3600)

    secret: SecretStr | None = None
    """Seals cursors; by default made from `database_url`, so that all workers have the same."""
    documents: Path | None = None
    """The folder of uploaded documents; by default `documents` in `data`."""
    may_return: int = Field(default=1, ge=0, le=10)
    """How often an application may be returned for correction."""
    answer_days: int = Field(default=10, ge=1, le=250)
    """Working days to answer a return."""
    public_days: int = Field(default=5, ge=5, le=250)
    """Working days of a public notice, and the fewest that may be asked for."""
    punishment_lists: tuple[str, ...] = ("national",)
    """Joint-punishment lists that must have been read lately, as JSON: ["national", "court"]."""
    list_days: int = Field(default=30, ge=1, le=366)
    """How many days a reading of a list holds."""
    offer_days: int = Field(default=30, ge=1, le=366)
    """For how many days an award is offered without application."""
    match_hour: int | None = Field(default=2, ge=0, le=23)
    """The hour in Asia/Shanghai from which the register is matched once a day; empty: on demand only."""
    maximums: dict[str, str] = Field(default_factory=dict)
    """Where a policy names no figure, the most an official may grant: {"yanhu-ip.brand-station": "50000.00"}."""

    bulk: Path | None = None
    """The folder of populations that were sent and of the files of jobs; by default `bulk` in `data`."""
    upload_mib: int = Field(default=1024, ge=1, le=1024 * 1024)
    """The largest population that is taken, in MiB."""
    upload_days: int = Field(default=7, ge=1, le=366)
    """For how many days a population is kept, counted from its last use."""
    job_days: int = Field(default=30, ge=1, le=3660)
    """For how many days a finished job and its files are kept."""

    publish_lead_seconds: float = Field(default=3.0, ge=0.2, le=3600)
    """How long after it is committed a published policy comes into effect; at least thrice `publish_look_seconds`."""
    publish_look_seconds: float = Field(default=1.0, ge=0.05, le=60)
    """How often every process looks whether a policy was published."""

    worker: bool = True
    """Whether the service delivers webhooks and does its duties itself; false where `duixian worker` does."""
    webhooks_allow_private: bool = False
    """Webhooks may use plain http and inner addresses: for trials and closed networks."""
    personal_days: int = Field(default=1095, ge=0, le=36500)
    """For how many days after its last change an application's objectors are kept at least."""
    webhook_lease_seconds: int = Field(default=20, ge=15, le=3600)
    """After how long a delivery is tried again that was taken and not finished, since the service died meanwhile."""
    audit_key: SecretStr | None = Field(default=None, min_length=16)
    """Signs exported heads with HMAC-SHA256."""
    audit_private_key: Path | None = None
    """A PEM file with an Ed25519 key, which signs exported heads instead."""
    audit_public_key: Path | None = None
    """A PEM file with the public half, for those who check."""
    audit_heads: Path | None = None
    """The folder of the daily heads; by default `heads` in `data`."""

    @field_validator("secret", "match_hour", mode="before")
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("maximums")
    @classmethod
    def _yuan(cls, value: dict[str, str]) -> dict[str, str]:
        for amount in value.values():
            parse_yuan(amount)
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql_only(cls, value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        if value.startswith(("postgresql:///", "postgresql://?")) or "@/" in value:
            return value  # a socket address: no host before the path
        _DSN.validate_python(value)
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


@lru_cache(maxsize=1)
def read_settings() -> Settings:
    """The settings of this process; `read_settings.cache_clear()` reads them anew."""
    return Settings()


def export_database_url(url: str) -> None:
    """Tell this process and the workers it starts where the database is."""
    os.environ["DUIXIAN_DATABASE_URL"] = url
    read_settings.cache_clear()
