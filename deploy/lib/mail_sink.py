"""A mail server for tests: aiosmtpd, on a free port of 127.0.0.1.

Prints one line of JSON with the port when it is ready. Addresses at refused.example are refused
permanently, those at later.example temporarily (once each). Each line on standard input gets one
line in response: `mails` all mails so far, as Python's email package reads them; `count` their
number; `drop` cuts all connections. Exits when standard input closes, so it can't outlive a test.
"""
import asyncio
import email
import email.header
import email.policy
import email.utils
import json
import sys
import threading

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self):
        self.mails = []
        self.seen = set()
        self.transports = set()

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
    done = threading.Event()
    loop.call_soon_threadsafe(lambda: (sink.drop(), done.set()))
    return done.wait(5)


def main():
    sink = Sink()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0))
    threading.Thread(target=loop.run_forever, daemon=True).start()
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(line.strip(), sink, loop)), flush=True)


main()
