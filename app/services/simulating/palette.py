"""The colours of reports."""

PALETTE = ("#8b95a7", "#1f9d8b", "#e0803a", "#7c6ee6", "#d1498b", "#3b82c4", "#9a8a3c", "#64a338")
"""The law as it is in grey; readable on light and dark, and told apart by most who see colours differently."""
GAIN, LOSS = "#1f9d8b", "#d0524a"
