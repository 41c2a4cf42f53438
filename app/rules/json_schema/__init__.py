"""The JSON Schema of facts and requests."""
