"""How a command ends that cannot do what it was asked: a message on standard error, and an exit code."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

NOT_POSSIBLE = 1
"""Something that should be there is not, or does not work."""
WRONG_INPUT = 2
"""What was given, or what was asked, is wrong."""
_err = Console(stderr=True)


def fail(message: str, code: int) -> NoReturn:
    """Say why, and end the command."""
    _err.print(f"[red]{escape(message)}[/]", soft_wrap=True, highlight=False)
    raise typer.Exit(code)
