"""`python -m app.healthcheck`: exit 0 when this machine's service says it is ready. For containers."""

from __future__ import annotations

import http.client
import sys

from app.settings import read_settings

_PATIENCE_SECONDS = 2.5


def is_ready(port: int) -> bool:
    """Whether /readyz on this machine answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_ready(read_settings().port) else 1)
