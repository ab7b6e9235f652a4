"""How lists, checks, memory and start do on a large data set, and checks beside a small one."""

import http.client
import json
import random
import re
import sys
import time
from pathlib import Path

from growth_data import Data, named
from growth_lists import lists
from latchkey import NAMES, Latchkey
from load import rates
from report import at_least, at_most

CHECK = "/api/access/check"
# Of the large set; the whole takes some minutes to write and 10 GB.
PART, WHOLE, SMALL = 0.05, 1, 0.005
REQUESTS = 100
# A list that is this slow is asked less often.
SECONDS = 2


def growth(bench):
    scale = WHOLE if bench.options.whole else PART
    small = Latchkey(bench.processes, bench.options.bin, "small")
    sets = {}
    for latchkey, size in ((bench.latchkey, scale), (small, SMALL)):
        if not latchkey.children:
            latchkey.start()
        admin = latchkey.call("GET", "/api/me")["id"]
        latchkey.stop()
        sets[latchkey] = Data(size)
        sets[latchkey].fill(latchkey, admin)
        if latchkey is bench.latchkey:
            starts(bench)
        else:
            latchkey.start()
    data = sets[bench.latchkey]
    megabytes = sum(file.stat().st_size for file in bench.latchkey.data.glob("*.sqlite")) / 1e6
    bench.report.note(f"{data.users:,} users, {data.entities:,} entities, {data.shares:,} shares, "
                      f"{data.organizations:,} organizations: {megabytes:,.0f} MB")
    checks(bench, small, sets)
    small.stop()
    pages(bench, data)
    for name in NAMES:
        bench.report.value(f"memory of {name} after all of this", [memory(bench, name)],
                           at_most(150), "MB")


def starts(bench):
    bench.latchkey.start()
    for name in NAMES:
        times = []
        for _ in range(5):
            bench.latchkey.stop(name)
            times += bench.latchkey.start(name)
        bench.report.value(f"start of {name} to /readyz", [time * 1000 for time in times],
                           at_most(300), "ms")


def memory(bench, name):
    """In MB: resident, without what is mapped from files: the program itself. SQLite maps none of
    the databases."""
    status = Path(f"/proc/{bench.latchkey.children[name].pid}/status").read_text()
    kilobytes = {key: int(value) for key, value in re.findall(r"(\w+):\s+(\d+) kB", status)}
    return (kilobytes["VmRSS"] - kilobytes["RssFile"]) / 1024


def checks(bench, small, sets):
    """The same questions about both, in turns."""
    for name, connections, size in (("one check", 64, 1), ("checks in batches of 1,000", 8, 1000)):
        def side(latchkey):
            asked = questions(sets[latchkey], 2000)
            bodies = [{"checks": [{"userId": user, "entityId": entity}
                                  for user, entity in asked[start:start + size]]}
                      for start in range(0, len(asked), size)]
            return lambda: bench.load(latchkey.port, CHECK, connections, "POST", bodies,
                                      bearer=latchkey.token)
        large, few = bench.load.in_turns(side(bench.latchkey), side(small))
        bench.report.compare(name, [rate * size for rate in rates(large)], "small data set",
                             [rate * size for rate in rates(few)], at_least(0.7))


def questions(data, count):
    """Pairs of user and entity: half of them any, the others with a grant of each kind."""
    chance = random.Random(5)

    def share():
        number = chance.randrange(data.shares - data.most * 5)
        return 10 + number * 104_729 % data.spread, number * 7919 % data.entities

    def store():
        number = chance.randrange(data.entities // 4)
        return 10 + number * 13 % data.organizations, number * 4

    def owner():
        number = chance.randrange(data.entities)
        return data.owner_of(number), number

    def anybody():
        return chance.randrange(data.users), chance.randrange(data.entities)

    kinds = (share, anybody, store, anybody, owner, anybody)
    pairs = [kinds[place % len(kinds)]() for place in range(count)]
    return [(named("usr", user), named("ent", entity)) for user, entity in pairs]


def pages(bench, data):
    """The first, a middle and the last page of each list, one request after the other."""
    client = Client(bench.latchkey)
    for user, path in lists(data):
        first = client.get(user, path)
        total = first.get("total", 0)
        last = -(-total // 20)
        paths = [path]
        if last > 1:
            separator = "&" if "?" in path else "?"
            size = "page_size" if "/api/v1/" in path else "pageSize"
            paths += [f"{path}{separator}page={page}&{size}=20" for page in (last // 2 + 1, last)]
        times = [client.times(user, each) for each in paths]
        who = "admin" if user is None else f"user {user}"
        bench.report.value(f"{short(path)} ({who}, {total:,})",
                           [max(each[int(len(each) * 0.99)] for each in times)], at_most(20),
                           "ms, 99th percentile")


def short(path):
    """A path without the zeros of ids."""
    return re.sub(r"_040+(\d)", r"_\1", path.removeprefix("/api"))


class Client:
    """Requests as the platform admin, or for another user, over one connection."""

    def __init__(self, latchkey):
        self.connection = http.client.HTTPConnection("127.0.0.1", latchkey.port, timeout=60)
        self.token = latchkey.token

    def get(self, user, path):
        fields = {"Authorization": f"Bearer {self.token}"}
        if user is not None:
            fields["Latchkey-User"] = named("usr", user)
        self.connection.request("GET", path, headers=fields)
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            sys.exit(f"GET {path} for {user}: {response.status} {body}")
        return json.loads(body)

    def times(self, user, path):
        """Milliseconds, ascending."""
        times, end = [], time.monotonic() + SECONDS
        while len(times) < REQUESTS and (time.monotonic() < end or len(times) < 3):
            begin = time.perf_counter()
            self.get(user, path)
            times.append((time.perf_counter() - begin) * 1000)
        return sorted(times)
