"""An identity provider that issues JWTs, as small as one can be: a key made by openssl, a
description and a key set at a URL of this machine, and tokens for anybody."""

import base64
import http.server
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path


def encode(data):
    """Base64 for URLs, without padding (RFC 7515 §2)."""
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Serves while it is entered."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="latchkey-issuer-")
        self.key = Path(self.folder.name, "key.pem")
        self.openssl("genrsa", "-out", self.key, "2048")
        text = self.openssl("rsa", "-in", self.key, "-noout", "-modulus").decode()
        modulus = encode(bytes.fromhex(text.strip().removeprefix("Modulus=")))
        keys = {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "e": "AQAB",
                          "n": modulus}]}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(handler):
                documents = {
                    "/.well-known/openid-configuration": {
                        "issuer": self.url, "jwks_uri": f"{self.url}/keys"},
                    "/keys": keys}
                document = documents.get(handler.path)
                handler.send_response(200 if document else 404)
                handler.send_header("Content-Type", "application/json")
                handler.end_headers()
                handler.wfile.write(json.dumps(document or {}).encode())

            def log_message(handler, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    @staticmethod
    def openssl(*arguments, data=None):
        return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout

    def token(self, subject, audience, seconds=3600, **claims):
        """An access token (RFC 9068) with what providers usually say."""
        now = int(time.time())
        header = {"alg": "RS256", "kid": "one", "typ": "at+jwt"}
        payload = {"iss": self.url, "sub": subject, "aud": audience, "iat": now,
                   "exp": now + seconds, "jti": f"{subject}-{time.time_ns()}",
                   "client_id": "0f5a2c1e-8d1c-4a55-9f0b-6f1f3ad0c1de", **claims}
        text = f"{encode(header)}.{encode(payload)}"
        signature = self.openssl("dgst", "-sha256", "-sign", self.key, data=text.encode())
        return f"{text}.{encode(signature)}"
