"""The service, for the one route that speaks of populations as files."""

from tests.yanhu.serving import service

__all__ = ["service"]
