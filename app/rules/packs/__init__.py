"""A pack's YAML to the policy it says, with every mistake at its line and column."""
