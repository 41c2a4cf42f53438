"""Populations as files: read in batches and in bounded memory, every bad row told, answers written as tables.

`opening` opens a file of any of the forms, `deciding_files` decides one into another, `template` makes an empty
workbook. They stand on Polars and Arrow, which are slow to import: whoever serves or shows help imports them late.
"""
