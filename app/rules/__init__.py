"""The law engine: pure functions, no input or output, no clock, no framework."""

ENGINE_VERSION = "1"
"""Changes when the same request and policy digest could give another answer; kept with every decision."""
