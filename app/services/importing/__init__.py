"""Records in bulk: tables as offices keep them, taken in whole or not at all.

`tables` reads a file into rows, `headings` says which column is which, `cells` what a cell means, `entries` makes
records of rows, and `taking_in` writes them.
"""
