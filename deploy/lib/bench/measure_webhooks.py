"""Deliveries of webhooks."""

import os
import re
import sys
from pathlib import Path

from processes import free_ports
from report import at_least
from webhook_load import HangingReceiver, Receivers, certificate, fill


def webhooks(bench):
    """Deliveries a second, as nginx receives them on 16 ports for four users, while another webhook
    of each of them hangs. The rate of a host is not limited; both sides are on this machine."""
    for scheme, count, least in (("http", 20_000, 1_000), ("https", 10_000, 500)):
        folder = bench.processes.folder / f"{scheme}-receivers"
        pair = certificate(folder)
        receivers = Receivers(folder, scheme, free_ports(16), pair)
        receiver = bench.processes.start(receivers.command)
        child = filled(bench, scheme, receivers, pair, count)
        received, seconds = receivers.wait(count)
        describe = cost(child, receiver, count)
        bench.latchkey.restart("invitations")
        bench.processes.stop(receiver)
        if received != count:
            sys.exit(f"{received} of {count} deliveries over {scheme} arrived in {seconds:.0f} s")
        bench.report.value(f"webhook deliveries over {scheme}", [count / seconds], at_least(least),
                           "/s")
        bench.report.note(describe)


def filled(bench, scheme, receivers, pair, count):
    """The invitations service, with events to deliver."""
    settings = {"LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true", "LATCHKEY_WEBHOOK_HOST_RATE": "0",
                "SSL_CERT_FILE": pair[0]}
    hanging = HangingReceiver()
    bench.latchkey.restart("invitations", **settings)
    targets = [
        webhooks_of(bench.latchkey, f"{scheme}{number}",
                    receivers.urls[number::4] + [hanging.url(scheme)]) for number in range(4)]
    bench.latchkey.stop("invitations")
    fill(bench.latchkey.data / "invitations.sqlite", targets, count)
    bench.latchkey.start("invitations", **settings)
    return bench.latchkey.children["invitations"]


def cost(child, receiver, count):
    sent, received = (processor_seconds(process.pid) / count * 1e6 for process in (child, receiver))
    status = Path(f"/proc/{child.pid}/status").read_text()
    threads, kilobytes = (
        int(re.search(rf"{field}:\s+(\d+)", status)[1]) for field in ("Threads", "VmHWM"))
    return (f"beside four receivers that hang; processor time of a delivery {sent:.0f} µs, and of "
            f"the receivers {received:.0f} µs; at most {kilobytes / 1024:.0f} MB, "
            f"{threads} threads")


def processor_seconds(pid):
    """Of a process and its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(child) for child in children)


def webhooks_of(latchkey, name, urls):
    """Creates a user with webhooks; returns their ids."""
    user = latchkey.call("POST", "/api/users", {
        "email": f"{name}@example.com", "username": name, "displayName": name})["id"]
    bearer = latchkey.call("POST", "/api/tokens", {
        "name": "bench", "userId": user, "scopes": ["webhooks:write"]})["token"]
    hooks = [{"url": url, "events": ["invitation.*"]} for url in urls]
    return user, [latchkey.call("POST", "/api/v1/webhooks", hook, bearer)["id"] for hook in hooks]
