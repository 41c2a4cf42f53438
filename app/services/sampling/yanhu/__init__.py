"""A register of invented organisations of Yanhu District, for its policy: plausible shares, skewed counts, gaps."""
