"""`duixian policy archive`, `publish` and `rollback`: a pack from its folder into a running service."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from app.ending import NOT_POSSIBLE, WRONG_INPUT, fail

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

PATIENCE_SECONDS = 600.0
"""The answer comes when the pack is in effect."""
_out = Console(soft_wrap=True, highlight=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False)

Folder = Annotated[Path, typer.Argument(help="The pack's folder.", exists=True, file_okay=False)]
Url = Annotated[str, typer.Option("--url", envvar="DUIXIAN_URL", help="The service.")]
Key = Annotated[
    str | None,
    typer.Option("--key", envvar="DUIXIAN_KEY", help="A live administrator's key.", show_default=False),
]
_HERE = "http://127.0.0.1:8000"


def policy_archive(
    folder: Folder,
    out: Annotated[Path, typer.Argument(help="The archive to write.", metavar="OUT.zip", dir_okay=False)],
) -> None:
    """Put a pack into an archive: the same bytes for the same files, with the standards that it names."""
    data = _archive(folder)
    try:
        out.write_bytes(data)
    except OSError as error:
        fail(f"Cannot write {out}: {error.strerror or error}.", NOT_POSSIBLE)


def policy_publish(folder: Folder, url: Url = _HERE, key: Key = None) -> None:
    """Publish a pack: the service checks it, tries its cases and puts it into effect in all its processes.

    Exit code 0: it is in effect. 1: it was refused, or the service does not answer. 2: the folder holds no pack.
    """
    data = _archive(folder)
    answer = _post(f"{url}/v1/policies", key, data, {"Content-Type": "application/zip"})
    _say(answer)


def policy_rollback(
    policy: Annotated[str, typer.Argument(help="The policy's id.")], url: Url = _HERE, key: Key = None
) -> None:
    """Take the last publication of a policy back: what was there before it is in effect again."""
    _say(_post(f"{url}/v1/policies/{policy}/rollback", key, b"", {}))


def _archive(folder: Path) -> bytes:
    from app.services.packs import read_pack
    from app.services.publishing.archives import pack

    if not (folder / "policy.yaml").is_file():
        fail(f"{folder} holds no pack: there is no policy.yaml in it.", WRONG_INPUT)
    try:
        return pack(read_pack(folder))
    except (OSError, UnicodeDecodeError) as error:
        fail(f"Cannot read {folder}: {error}.", WRONG_INPUT)


def _post(url: str, key: str | None, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
    import httpx

    if key is None:
        fail("Say whose key it is: --key, or DUIXIAN_KEY.", WRONG_INPUT)
    sent = {**headers, "Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex}
    try:
        # Of the environment nothing is taken but what was said: no proxy, no .netrc.
        with httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            return client.post(url, content=content, headers=sent)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fail(f"{url} does not answer: {str(error) or type(error).__name__}.", NOT_POSSIBLE)


def _say(answer: httpx.Response) -> None:
    try:
        body = answer.json()
    except ValueError:
        fail(f"{answer.url} answered {answer.status_code}, and no JSON.", NOT_POSSIBLE)
    if answer.is_success:
        what = f"{body['policy']} {body['version']}"
        if body["digest"] is None:
            _out.print(f"{what}: publication {body['undoes']} is taken back since {body['active_from']}")
        else:
            _out.print(f"{what} {body['digest']} is in effect since {body['active_from']}")
        return
    for error in body.get("errors", ()):
        where = f"{error['file']}:{error['line']}:{error['character']}: " if "file" in error else ""
        close = f" (did you mean {error['suggestion']!r}?)" if error.get("suggestion") else ""
        _err.print(escape(f"{where}{error['message'][_language()]}{close}"))
    fail(f"{body['status']} {body['message'][_language()]}", NOT_POSSIBLE)


def _language() -> str:
    return "zh" if os.environ.get("LANG", "").startswith("zh") else "en"
