"""Starts a separate deploy/up for scripts that test the running system."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parents[2]


def free_port():
    """The first of six consecutive free ports."""
    for base in range(21000, 60000, 7):
        sockets = []
        try:
            for offset in range(6):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", base + offset))
            return base
        except OSError:
            continue
        finally:
            for s in sockets:
                s.close()
    sys.exit("no six consecutive free ports")


@contextlib.contextmanager
def running(prefix, **settings):
    """Yields (folder, environment, port) of a system that runs until the block ends."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        environment = {
            **os.environ, "LATCHKEY_PORT": str(port), "LATCHKEY_DATA_DIR": f"{folder}/.data",
            **settings}
        subprocess.run(
            [root / "deploy/up", "--detach"], env=environment, check=True,
            stdout=subprocess.DEVNULL)
        try:
            yield folder, environment, port
        finally:
            subprocess.run(
                [root / "deploy/down"], env=environment, check=True, stdout=subprocess.DEVNULL)


def replication_metrics():
    """Metrics of the dashboard and the rules that only a cell or Litestream's socket makes:
    replica.py finds them there."""
    observability = root / "deploy/observability"
    texts = [(observability / name).read_text()
             for name in ("rules.yml", "grafana/dashboards/latchkey.json")]
    return set(re.findall(r"\blatchkey_(?:replication|cell)_\w+", "".join(texts)))
