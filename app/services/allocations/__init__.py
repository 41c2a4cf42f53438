"""Runs that share a budget or places among the applications that are ready for approval."""
