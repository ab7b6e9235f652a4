"""Processes that a run starts, all of which it ends."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path


class Processes:
    """Starts programs with a temporary folder; ends them and deletes it when the block ends."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="latchkey-bench-"))
        self.log = self.folder / "log"
        self.children, self.folders = [], [self.folder]
        return self

    def own_folder(self, user=None):
        """Another temporary folder, which belongs to a user."""
        folder = Path(tempfile.mkdtemp(prefix="latchkey-bench-"))
        self.folders.append(folder)
        if user:
            shutil.chown(folder, user)
        return folder

    def start(self, command, environment=None, **how):
        with open(self.log, "a") as log:
            child = subprocess.Popen(
                command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log, **how)
        self.children.append(child)
        return child

    def stop(self, child, sign=signal.SIGTERM):
        self.children.remove(child)
        child.send_signal(sign)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def wait(self, is_ready, name):
        """Returns the seconds until the program is ready."""
        begin = time.monotonic()
        while not is_ready():
            if time.monotonic() - begin > 30:
                sys.exit(f"{name} is not ready within 30 s:\n{self.log.read_text()[-5000:]}")
            time.sleep(0.002)
        return time.monotonic() - begin

    def __exit__(self, *_):
        for child in list(self.children):
            # PostgreSQL then ends without waiting for its clients.
            self.stop(child, signal.SIGINT)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def answers(port):
    """Whether something listens on a port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
        return True
    except OSError:
        return False


def output(command, **how):
    """What a program prints; ends the run if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, **how)
    if done.returncode:
        sys.exit(f"{Path(command[0]).name} exited with {done.returncode}:\n"
                 f"{(done.stdout + done.stderr)[-5000:]}")
    return done.stdout
