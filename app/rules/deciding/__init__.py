"""A policy compiled: conditions, amounts, items, limits and exclusions of one request."""
