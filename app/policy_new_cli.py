"""`duixian policy new`: a pack to begin from, by questions or by options."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - typer reads it
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail

_out = Console()


def policy_new(
    out: Annotated[Path, typer.Argument(help="The folder to make.", file_okay=False)],
    policy_id: Annotated[str, typer.Option("--id", prompt="Id of the policy (in every URL)")],
    title_zh: Annotated[str, typer.Option(prompt="Title in Chinese")],
    title_en: Annotated[str, typer.Option(prompt="Title in English")],
    authority_zh: Annotated[str, typer.Option(prompt="Authority in Chinese")],
    authority_en: Annotated[str, typer.Option(prompt="Authority in English")],
    division: Annotated[str, typer.Option(prompt="Division code, six digits")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], prompt="In force from (YYYY-MM-DD)")],
    amount: Annotated[int, typer.Option(min=1, prompt="Amount of the first award, whole yuan")],
) -> None:
    """Make a pack that loads and whose cases pass: one measure, to be changed into the first clause.

    What no option states is asked. Nothing is written over, and nothing is written that would not load.
    """
    from app.rules.loading import PackErrors, load_policy
    from app.services.new_pack import NewPack, new_pack

    if out.exists() and any(out.iterdir()):
        fail(f"{out} is not empty.", WRONG_INPUT)
    texts = (title_zh, title_en), (authority_zh, authority_en)
    files = new_pack(NewPack(policy_id, *texts, division, since.date(), amount))
    try:
        load_policy(files)
    except PackErrors as errors:
        fail("\n".join(f"{one.file}:{one.line}: {one.message.en}" for one in errors.errors), WRONG_INPUT)
    try:
        for path, text in files.items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_text(text, "utf-8")
    except OSError as error:
        fail(f"Cannot write {out}: {error.strerror or error}.", NOT_POSSIBLE)
    _out.print(f"{escape(str(out))} is made. Next: duixian policy check {escape(str(out))}", soft_wrap=True)
