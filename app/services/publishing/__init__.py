"""Publishing packs while the service runs: archives, what is in effect, and switching to it together."""
