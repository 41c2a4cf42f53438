"""`python -m bench` measures the engine and the service; `python -m bench drivers` the database drivers."""

from __future__ import annotations

import sys

from bench import drivers, run

if sys.argv[1:] == ["drivers"]:
    for way, figure in drivers.measure().items():
        print(f"{way:32} {figure:8.0f} transactions/s")
else:
    run.main()
