"""Kills: the service by -9, its PostgreSQL by an immediate stop, under a stream of orders that are sent until answered.

Afterwards every acknowledged change is there, none is doubled, every chain and the ledger hold, and the webhooks
have told every event at least once, in order. `python -m tests.proofs.kills [ROUNDS]`, `make kills ROUNDS=`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from app.embedded import EmbeddedPostgres
from tests.proofs.cast import PLATFORMS, Cast, engage, read_list
from tests.proofs.receiver import Mailbox, receiving
from tests.proofs.service import ROOT, Service
from tests.proofs.speaking import Call, Speaker, new_key
from tests.proofs.stubborn import Acknowledged, Client

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, CLIENTS = 50, 6
WEBHOOK_SECONDS = 150.0
SETTINGS = {"DUIXIAN_WEBHOOKS_ALLOW_PRIVATE": "true"}


class Kills:
    """A run: what was killed how often, and what is wrong afterwards."""

    def __init__(self, folder: Path, box: Mailbox, seed: int) -> None:
        self.folder = folder
        self.box = box
        self.chance = random.Random(seed)  # noqa: S311 - when to kill
        # Every commit reaches the disk, as in service.
        self.server = EmbeddedPostgres(folder / "database")
        (folder / "service").mkdir()
        self.service = Service(self.server.start(), folder / "service", settings=SETTINGS)
        self.killed = {"service": 0, "database": 0}
        self.clients: list[Client] = []
        self.wrong: list[str] = []
        self.told = 0

    def run(self, rounds: int, tell: Callable[[str], object]) -> None:
        """Rounds of kills under the stream; then look at everything."""
        self.service.start()
        speaker = Speaker(self.service.address)
        cast = engage(speaker)
        read_list(speaker, cast["reviewer-1"], datetime.now(UTC).isoformat())
        self.listen(speaker, cast)
        enough = threading.Event()
        year = (datetime.now(UTC) + timedelta(hours=8)).year
        self.clients = [
            Client(number, self.service.address, cast, year, enough) for number in range(1, CLIENTS + 1)
        ]
        threads = [threading.Thread(target=client.run) for client in self.clients]
        for thread in threads:
            thread.start()
        try:
            for number in range(rounds):
                time.sleep(self.chance.uniform(0.3, 2.5))
                self.kill("database" if number % 3 == 1 else "service")
                if number % 10 == 9:
                    tell(f"kills: {number + 1} rounds, {self.acknowledged} changes acknowledged")
            time.sleep(1.0)
        finally:
            enough.set()
            for thread in threads:
                thread.join()
        self.box.refusing = False
        speaker.close()
        speaker = Speaker(self.service.address)
        self.look(speaker, cast)
        speaker.close()

    @property
    def known(self) -> list[Acknowledged]:
        return [case for client in self.clients for case in client.known]

    @property
    def acknowledged(self) -> int:
        return sum(len(case.events) for case in self.known)

    def listen(self, speaker: Speaker, cast: Cast) -> None:
        """A webhook of each platform, both to one receiver."""
        for platform in PLATFORMS:
            call = Call("POST", "/v1/webhooks", cast[platform], {"url": self.box.url}, new_key())
            heard = speaker.send(call)
            assert heard.status == 201, f"no webhook: {heard}"
            self.box.secrets.append(b64decode(heard.body["secret"].removeprefix("whsec_")))

    def kill(self, what: str) -> None:
        """One of both, at whatever it is doing; then it is started again."""
        self.killed[what] += 1
        if what == "service":
            self.service.kill()
            self.service.start()
            return
        pid = int((self.server.cluster / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
        os.kill(pid, signal.SIGQUIT)
        self.server.stop()
        self.server.start()
        self.ready_again()

    def ready_again(self) -> None:
        """The service finds its database again by itself."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.service.address}/readyz", timeout=5, trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        self.wrong.append("not ready 30 seconds after the database came back")

    # What must hold afterwards

    def look(self, speaker: Speaker, cast: Cast) -> None:
        """Everything, through the API, and every chain through the command."""
        for client in self.clients:
            self.wrong += client.wrong
        expected: dict[str, int] = {}
        for case in self.known:
            expected[case.id] = self.look_at(speaker, cast, case)
        for platform in PLATFORMS:
            refs = [one["external_ref"] for one in speaker.all_of("/v1/applications", cast[platform])]
            wanted = [case.ref for case in self.known if case.platform == platform]
            if sorted(refs) != sorted(wanted):
                self.wrong.append(f"{platform}: {set(refs) ^ set(wanted)} doubled, lost or unknown")
        report = speaker.get("/v1/ledger/verify", cast["auditor"])
        if not report["valid"]:
            self.wrong.append(f"ledger: {report}")
        self.audit()
        self.look_at_webhooks(expected)

    def look_at(self, speaker: Speaker, cast: Cast, case: Acknowledged) -> int:
        """One application shows what was acknowledged, once; how many events it has."""
        shown = speaker.get(f"/v1/applications/{case.id}", cast["auditor"])
        events = speaker.all_of(f"/v1/applications/{case.id}/events", cast["auditor"])
        types = [event["type"] for event in events]
        report = speaker.get(f"/v1/applications/{case.id}/events/verify", cast["auditor"])
        if not report["valid"] or report["length"] != len(events):
            self.wrong.append(f"{case.id}: {report}")
        if case.contested:
            extra = set(types[len(case.events) :])
            if types[: len(case.events)] != case.events or extra - {"application.assessed"}:
                self.wrong.append(f"{case.id}: {types} for {case.events}")
        elif types != case.events or shown["status"] != case.status:
            self.wrong.append(f"{case.id}: {shown['status']} {types} for {case.status} {case.events}")
        return len(events)

    def audit(self) -> None:
        """`duixian audit verify` over the whole database."""
        environment = {**os.environ, "DUIXIAN_DATABASE_URL": self.service.url, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "audit", "verify"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            self.wrong.append(f"audit verify: {done.stdout[-500:]} {done.stderr[-500:]}")

    def look_at_webhooks(self, expected: dict[str, int]) -> None:
        """Wait until every event was told; then look at the order."""
        deadline = time.monotonic() + WEBHOOK_SECONDS
        while True:
            missing = {
                name: sorted(left)
                for name, count in expected.items()
                if (left := set(range(1, count + 1)) - set(self.box.taken.get(name, ())))
            }
            if not missing or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        if missing:
            self.wrong.append(
                f"webhooks never came: {dict(list(missing.items())[:5])}, {len(missing)} in all"
            )
        self.told = sum(len(numbers) for numbers in self.box.taken.values())
        self.wrong += self.box.wrong + self.box.out_of_order()

    def close(self) -> None:
        self.service.kill()
        self.server.stop()

    def report(self, rounds: int) -> str:
        again = sum(client.sent_again for client in self.clients)
        replayed = sum(client.replayed for client in self.clients)
        return (
            f"kills: {rounds} rounds ({self.killed['service']} of the service, {self.killed['database']} of "
            f"PostgreSQL), {self.acknowledged} changes acknowledged, {again} sendings repeated, {replayed} answered "
            f"by replay, {self.told} webhooks taken, {len(self.wrong)} violations"
        )


def run(rounds: int, tell: Callable[[str], object] = print, seed: int = 0) -> Kills:
    """The state after so many rounds."""
    with tempfile.TemporaryDirectory(prefix="duixian-kills-") as name, receiving() as box:
        kills = Kills(Path(name), box, seed)
        try:
            kills.run(rounds, tell)
        except BaseException:
            if kills.service.log.exists():
                sys.stderr.write(kills.service.log.read_text("utf-8", errors="replace")[-3000:])
            raise
        finally:
            kills.close()
        return kills


def main() -> None:
    rounds = int(sys.argv[1]) if sys.argv[1:] else ROUNDS
    kills = run(rounds, tell=lambda text: print(text, file=sys.stderr))
    for text in kills.wrong[:20]:
        print(text, file=sys.stderr)
    print(kills.report(rounds))
    sys.exit(bool(kills.wrong))


if __name__ == "__main__":
    main()
