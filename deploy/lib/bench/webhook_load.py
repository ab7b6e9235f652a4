"""Receivers of webhooks that are faster than their sender, and deliveries for them."""

import json
import socket
import sqlite3
import subprocess
import threading
import time


def certificate(folder):
    """Creates a certificate for 127.0.0.1 and its key; returns their paths."""
    folder.mkdir()
    paths = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=receivers", "-addext",
         "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True)
    return paths


class Receivers:
    """One nginx that answers 204 on several ports and logs the time and id of each message."""

    def __init__(self, folder, scheme, ports, pair):
        self.log = folder / "log"
        self.urls = [f"{scheme}://127.0.0.1:{port}/" for port in ports]
        tls = " ssl" if scheme == "https" else ""
        listen = " ".join(f"listen 127.0.0.1:{port}{tls};" for port in ports)
        (folder / "nginx.conf").write_text(f"""
            daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
            events {{ worker_connections 4096; }}
            http {{
                log_format line '$msec $http_webhook_id'; access_log {self.log} line;
                keepalive_requests 1000000000;
                ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]};
                server {{ {listen} location / {{ return 204; }} }}
            }}""")
        self.command = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"),
                        "-e", "stderr"]

    def wait(self, count, limit=120):
        """Returns the number of different messages, when there are `count` of them or the limit is
        over, and the seconds from the first to the last."""
        begin = time.monotonic()
        while True:
            text = self.log.read_text() if self.log.exists() else ""
            # Others on this machine may find the ports, too.
            lines = [line for line in text.splitlines() if " evt_" in line]
            if len(lines) >= count or time.monotonic() - begin > limit:
                times = sorted(float(line.split()[0]) for line in lines)
                return (len({line.split()[1] for line in lines}),
                        times[-1] - times[0] if times else limit)
            time.sleep(1)


class HangingReceiver:
    """Accepts connections and never answers."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.connections = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                self.connections.append(self.socket.accept()[0])
        except OSError:
            pass

    def url(self, scheme):
        return f"{scheme}://127.0.0.1:{self.socket.getsockname()[1]}/"

    def close(self):
        self.socket.close()
        for connection in self.connections:
            connection.close()


# As long as those of real events.
DATA = json.dumps({"invitation": {"id": "x" * 36, "email": "grace@example.com", "note": "x" * 200}})


def fill(path, targets, count):
    """Stores `count` events of 500 entities, and as many due deliveries, evenly for the users'
    webhooks but the last of each, which gets a thousand more.
    targets: users' ids with those of their webhooks."""
    with sqlite3.connect(path) as db:
        first = db.execute("SELECT coalesce(max(number), 0) + 1 FROM events").fetchone()[0]
        number = first
        for user, hooks in targets:
            own = count // len(targets)
            numbers = range(number, number + own)
            number += own
            db.executemany(
                "INSERT INTO events (number, id, type, subject_type, subject_id, parent_type,"
                " parent_id, recipient, data, created_at, stored_at)"
                " VALUES (?, ?, 'invitation.sent', 'invitation', ?, 'entity', ?, ?, ?,"
                " unixepoch() * 1000, unixepoch() * 1000)",
                ((n, f"evt_{n:026}", f"inv_{n:026}", f"ent_{n % 500:026}", user, DATA)
                 for n in numbers))
            rows = [(hooks[n % (len(hooks) - 1)], n) for n in numbers]
            rows += [(hooks[-1], n) for n in numbers[:1_000]]
            db.executemany(
                "INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id,"
                " status, next_at, created_at) SELECT ?, number, id, type, parent_id, 'pending', 0,"
                " created_at FROM events WHERE number = ?", rows)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
