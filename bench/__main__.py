"""`python -m bench` measures the engine and the service; with an argument one thing alone:

`drivers` the database drivers, `submit` submits beside plain inserts, `lists` lists over a million applications,
`batch` NDJSON beside single requests, `columns` whole populations in memory, `bulk` ten million applicants from file to
file.
"""

from __future__ import annotations

import sys

match sys.argv[1:]:
    case ["drivers"]:
        from bench import drivers

        for way, figure in drivers.measure().items():
            print(f"{way:32} {figure:8.0f} transactions/s")
    case ["submit"]:
        from bench import submit

        submit.show(submit.measure())
    case ["lists"]:
        from bench import lists

        lists.show(lists.measure())
    case ["batch"]:
        from bench import batching

        batching.show(batching.measure())
    case ["columns"]:
        from bench import columns

        columns.show(columns.in_memory())
    case ["bulk"]:
        from bench import columns

        columns.show_files(columns.of_files())
    case _:
        from bench import run

        run.main()
