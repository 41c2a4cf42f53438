"""A whole population at once: the same tree as Polars columns, one row an applicant."""
