"""The service these tests ask: the real app on a real database."""

from tests.yanhu.serving import service

__all__ = ["service"]
