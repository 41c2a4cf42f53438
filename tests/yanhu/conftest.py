"""The service these tests ask."""

from tests.yanhu.serving import service

__all__ = ["service"]
