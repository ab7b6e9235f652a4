"""Mail servers for tests: aiosmtpd, on free ports of 127.0.0.1. The argument is a folder for
certificates.

Prints one line of JSON when it is ready: `port` has neither TLS nor login; `starttls` and `tls` have
ports by certificate (and `old`, which speaks no TLS newer than 1.1), `prompts` is one that knows
only AUTH LOGIN. All these demand TLS and the login ada@example.com with the password `pa:ss w%rd`.

Mails are of one list. Addresses at refused.example are refused permanently, those at later.example
temporarily (once each). Each line on standard input gets one line in response: `mails` all mails so
far, as Python's email package reads them; `count` their number; `logins` the attempts (mechanism, and
whether with TLS); `drop` cuts all connections. Exits when standard input closes, so it can't outlive
a test.
"""
import asyncio
import email
import email.header
import email.policy
import email.utils
import json
import ssl
import sys
import threading
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

from certificates import certificates


class Sink:
    def __init__(self):
        self.mails = []
        self.seen = set()
        self.transports = set()
        self.logins = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.transports.add(server.transport)
        if address.endswith("@refused.example"):
            return "550 5.1.1 no such mailbox"
        if address.endswith("@later.example") and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 2.0.0 taken"

    def login(self, server, session, envelope, mechanism, data):
        secure = server.transport.get_extra_info("sslcontext") is not None
        self.logins.append([mechanism, secure])
        good = (data.login, data.password) == (b"ada@example.com", b"pa:ss w%rd")
        return AuthResult(success=good, handled=False)

    def drop(self):
        for transport in self.transports:
            transport.abort()
        self.transports.clear()


def person(content, field):
    """Name and address, by Python's older parser: the newer one puts spaces between the encoded words
    of a name, against RFC 2047 section 6.2."""
    value = email.message_from_bytes(content)[field].replace("\r\n", "")
    name, address = email.utils.parseaddr(value)
    return [str(email.header.make_header(email.header.decode_header(name))), address]


def described(mail):
    sender, recipients, content = mail
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = {
        part.get_content_type(): part.get_content().replace("\r\n", "\n")
        for part in message.iter_parts()}
    return {
        "sender": sender, "recipients": recipients,
        "headers": {name: str(value) for name, value in message.items()},
        "names": [name for name, _ in message.items()],
        "to": person(content, "to"), "from": person(content, "from"),
        "addressees": len(message["to"].addresses) + len(message["from"].addresses),
        "defects": [str(d) for d in message.defects]
        + [str(d) for _, value in message.items() for d in getattr(value, "defects", ())],
        "parts": parts, "longest": max(map(len, content.split(b"\r\n"))),
        "bare": content.replace(b"\r\n", b"").count(b"\r")
        + content.replace(b"\r\n", b"").count(b"\n"),
    }


def answer(word, sink, loop):
    if word == "mails":
        return [described(mail) for mail in sink.mails]
    if word == "count":
        return len(sink.mails)
    if word == "logins":
        return sink.logins
    done = threading.Event()
    loop.call_soon_threadsafe(lambda: (sink.drop(), done.set()))
    return done.wait(5)


def serve(sink, loop, pair=None, immediate=False, old=False, **more):
    """Listens on a free port; returns it."""
    context = None
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        if old:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
                context.set_ciphers("ALL:@SECLEVEL=0")
        # aiosmtpd takes only STARTTLS for TLS.
        more |= {"authenticator": sink.login, "auth_required": True} | (
            {"auth_require_tls": False} if immediate
            else {"tls_context": context, "require_starttls": True})

    def session():
        return SMTP(sink, loop=loop, **more)

    server = loop.run_until_complete(loop.create_server(
        session, "127.0.0.1", 0, ssl=context if immediate else None))
    return server.sockets[0].getsockname()[1]


def main(folder):
    sink = Sink()
    loop = asyncio.new_event_loop()
    pairs, trusted = certificates(folder, "localhost")
    ready = {
        "port": serve(sink, loop), "certificates": trusted,
        "prompts": serve(sink, loop, pairs["good"], auth_exclude_mechanism=["PLAIN"]),
        "starttls": {name: serve(sink, loop, pair) for name, pair in pairs.items()},
        "tls": {name: serve(sink, loop, pair, immediate=True) for name, pair in pairs.items()}}
    for key, immediate in (("starttls", False), ("tls", True)):
        ready[key]["old"] = serve(sink, loop, pairs["good"], immediate=immediate, old=True)
    threading.Thread(target=loop.run_forever, daemon=True).start()
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(line.strip(), sink, loop)), flush=True)


main(sys.argv[1])
