"""A receiver of webhooks, for tests. It verifies with the reference library of Standard Webhooks.

The argument is a folder for certificates. Prints one line of JSON when it is ready, then one for
each message: path, id, whether it is verified, its body, the number of its connection, and whether
that resumed a TLS session. The path decides the response: `/204`, `/500`, `/huge`, `/slow`;
`/raw?<text>` sends that text, percent-encoded, and closes the connection, `/reset?<text>` resets it,
`/hold?<text>` keeps it open; others are 204. Lines on standard input: `secret <text>` adds one to
verify with, and a line of output says how many there are; `down` makes all responses 503, `up` ends
that. Exits when standard input closes.
"""
import http.server
import itertools
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse

from standardwebhooks.webhooks import Webhook

from certificates import certificates

secrets = []
state = {"down": False}
numbers = itertools.count()
lock = threading.Lock()


def say(value):
    with lock:
        sys.stdout.write(json.dumps(value) + "\n")
        sys.stdout.flush()


def verified(body, headers):
    wanted = {name: headers.get(name, "") for name in
              ("webhook-id", "webhook-timestamp", "webhook-signature")}
    for secret in list(secrets):
        try:
            Webhook(secret).verify(body, wanted)
            return True
        except Exception:  # the library's errors have no common base
            continue
    return False


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.number = next(numbers)

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        say({"path": self.path, "id": self.headers.get("webhook-id", ""),
             "verified": verified(body, self.headers), "host": self.headers.get("host", ""),
             "body": body.decode(), "port": self.server.server_port, "connection": self.number,
             "resumed": getattr(self.connection, "session_reused", None) or False})
        name = self.path.strip("/").split("/")[0]
        if state["down"]:
            return self.answer(503)
        if name == "slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(600):
                self.wfile.write(b"a")
                self.wfile.flush()
                time.sleep(0.1)
        elif name == "huge":
            self.send_response(200)
            self.send_header("content-length", str(1 << 30))
            self.end_headers()
            try:
                for _ in range(1 << 14):
                    self.wfile.write(b"a" * 65536)
            except OSError:
                self.close_connection = True
        elif name.partition("?")[0] in ("raw", "hold", "reset"):
            self.wfile.write(urllib.parse.unquote_to_bytes(self.path.partition("?")[2]))
            self.wfile.flush()
            if name.startswith("hold"):
                time.sleep(60)
            if name.startswith("reset"):
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                os.close(self.connection.detach())
            self.close_connection = True
        elif name.isdigit():
            self.answer(int(name))
        else:
            self.answer(204)

    def answer(self, status):
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("location", "/followed")
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, address):
        pass


def serve(pair=None):
    server = Server(("127.0.0.1", 0), Receiver)
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


pairs, trusted = certificates(sys.argv[1], "hooks.example")
say({"http": serve(), "certificates": trusted,
     "https": {name: serve(pair) for name, pair in pairs.items()}})
for line in sys.stdin:
    words = line.split()
    if words[:1] == ["secret"]:
        secrets.append(words[1])
        say({"secrets": len(secrets)})
    elif words[:1] == ["down"]:
        state["down"] = True
    elif words[:1] == ["up"]:
        state["down"] = False
