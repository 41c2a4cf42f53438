"""A request's JSON to facts in the engine's units, with every mistake at its pointer."""
