"""Derived sentences in Chinese and English, and the parts of the JSON answer."""
