"""The languages that commands speak."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    zh = "zh"
    en = "en"
