"""Registers of invented applicants: to try a policy on, and to compare engines with."""
