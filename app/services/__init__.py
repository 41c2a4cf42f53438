"""Use cases, one module each; transactions begin and end here."""
