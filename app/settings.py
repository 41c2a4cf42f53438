"""What the surroundings decide: environment variables named DUIXIAN_*, read once at start."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, PostgresDsn, TypeAdapter, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGED_POLICIES = Path(__file__).resolve().parent / "policies"

_DSN: TypeAdapter[PostgresDsn] = TypeAdapter(PostgresDsn)


class Settings(BaseSettings):
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
