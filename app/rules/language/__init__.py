"""The policy language: text to typed expressions, and what they come to where facts are unknown."""
