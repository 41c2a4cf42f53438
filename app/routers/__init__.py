"""HTTP: parse, call one service, shape the answer."""
