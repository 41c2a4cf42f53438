"""Simulations: a population under the law as it is and under other readings of it. Nothing is decided for anyone."""
