"""Sends hostile input of up to the maximum size to every operation of /openapi.json, on a fresh
deploy/up in release mode. No round of events may block a loop for longer than 100 ms
(latchkey_loop_stall_seconds), and other requests must not slow down.

cost.py [SEED]; the seed of a run is printed, and repeats it.
"""

import http.client
import json
import multiprocessing
import random
import re
import sys
import threading
import time
import urllib.request

import stack

STALL = 0.1  # seconds
HEALTH = 0.020  # seconds, 99th percentile while others send 1 MiB of marks
MAXIMUM = 1024 * 1024


def marks(count):
    """Combining marks of two classes: the most expensive input for canonical ordering."""
    return "a" + "\u0301" * (count // 4) + "\u0316" * (count // 4)


def texts(chance, size):
    """Strings that are expensive for a careless parser."""
    return chance.choice([
        lambda: marks(size), lambda: "\u0301" * (size // 2), lambda: "\r\n" * (size // 2),
        lambda: "%" * size, lambda: "a" * size, lambda: "\u200b" * (size // 3),
        lambda: "\U0001f469\u200d" * (size // 7), lambda: "9" * size, lambda: "\u1100" * (size // 3),
        lambda: "/" * size, lambda: "a@" * (size // 2), lambda: "1." * (size // 2),
        lambda: "\\" * size, lambda: "ß" * (size // 2), lambda: "\ufdfa" * (size // 3),
    ])()


def body(chance, names, size):
    """A JSON body as bytes, mostly well-formed and always hostile."""
    text = texts(chance, size)
    name = chance.choice(names or ["name"])
    quoted = json.dumps(text, ensure_ascii=False)
    made = chance.choice([
        lambda: f'{{{quoted}:1}}',
        lambda: f'{{"{name}":{quoted}}}',
        lambda: "{" + ",".join(f'"{n}":{json.dumps(text[:size // max(1, len(names))])}'
                               for n in names) + "}",
        lambda: "{" + ",".join(f'"{i:x}":{i}' for i in range(size // 12)) + "}",
        lambda: "{" + ",".join(f'"{name}":{i}' for i in range(size // (len(name) + 10))) + "}",
        lambda: f'{{"{name}":[' + ",".join(['"a@example.com"'] * (size // 17)) + "]}",
        lambda: f'{{"{name}":[' + ",".join(json.dumps(marks(200), ensure_ascii=False)
                                          for _ in range(size // 220)) + "]}",
        lambda: f'{{"{name}":' + "[" * (size // 2) + "]" * (size // 2 - 20) + "}",
        lambda: f'{{"{name}":' + '{"a":' * (size // 8) + "1" + "}" * (size // 8) + "}",
        lambda: f'{{"{name}":' + "9" * (size - 20) + "}",
        lambda: f'{{"{name}":1e' + "9" * (size - 20) + "}",
        lambda: f'{{"{name}":"' + "\\u0301\\u0316" * (size // 13) + '"}',
        lambda: " " * size,
        lambda: text,
    ])()
    return made.encode()[:MAXIMUM]


def form(chance, size):
    return chance.choice([
        lambda: "&".join(f"a{i}=b" for i in range(size // 8)),
        lambda: "token=" + "%CC%81%CC%96" * (size // 12),
        lambda: "%CC%81" * (size // 6) + "=1",
        lambda: "&" * size, lambda: "=" * size, lambda: "%" * size,
    ])().encode()[:MAXIMUM]


def escaped(text, limit):
    return "".join(f"%{b:02X}" for b in text.encode())[:limit // 3 * 3]


def target(chance, path, parameters):
    def segment(_):
        return chance.choice([
            lambda: escaped(texts(chance, 1500), 3000), lambda: "ent_" + "0" * 2000,
            lambda: "ent_01JHMZ0000000000000000000A", lambda: "%E2%80%8B" * 300, lambda: "x",
            lambda: "0190f3c2-8f1e-7a3b-9c4d-5e6f708192a3", lambda: "team:" + "%CC%81" * 400])()
    filled = re.sub(r"\{[^}]+\}", segment, path)
    room = 8000 - len(filled)
    names = [p["name"] for p in parameters if p["in"] == "query"] + ["x", "page"]
    query = chance.choice([
        lambda: "", lambda: "?" + chance.choice(names) + "=" + escaped(texts(chance, room), room - 30),
        lambda: "?" + "&".join(f"{chance.choice(names)}=1" for _ in range(room // 20)),
        lambda: "?" + "%CC%81%CC%96" * (room // 12 - 2) + "=1", lambda: "?" + "&" * (room - 2),
    ])() if room > 200 else ""
    return filled + query


def resolve(document, schema):
    while "$ref" in schema:
        node = document
        for step in schema["$ref"].split("/")[1:]:
            node = node[step]
        schema = node
    return schema


def operations(document):
    for path, item in sorted(document["paths"].items()):
        for method, operation in sorted(item.items()):
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            content = operation.get("requestBody", {}).get("content", {})
            kind = next(iter(content), None)
            schema = resolve(document, content[kind]["schema"]) if kind else {}
            parameters = item.get("parameters", []) + operation.get("parameters", [])
            yield (method.upper(), path, [resolve(document, each) for each in parameters], kind,
                   sorted(schema.get("properties", {})))


def send(port, method, path, headers, content=None):
    """The status; None if the connection was closed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if content is not None:
            connection.putheader("Content-Length", str(len(content)))
        connection.endheaders()
        try:
            if content:
                connection.send(content)
        except OSError:
            pass  # refused by its head: the response is there
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (http.client.HTTPException, ConnectionError):
        return None
    finally:
        connection.close()


def stalls(ports):
    """The number of rounds of any loop that took longer than the limit."""
    count = 0
    for port in ports:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        bucket = re.search(
            r'latchkey_loop_stall_seconds_bucket\{le="%g"\} (\d+)' % STALL, text)
        total = re.search(r"latchkey_loop_stall_seconds_count (\d+)", text)
        if not bucket or not total:
            sys.exit(f"no latchkey_loop_stall_seconds on port {port}")
        count += int(total.group(1)) - int(bucket.group(1))
    return count


def hostile(seed, port, ports, token, listed):
    """Sends hostile input to every operation. Returns the problems."""
    wrong = []
    chance = random.Random(seed)
    before = stalls(ports)
    for method, path, parameters, kind, names in listed:
        statuses = []
        for _ in range(4):
            headers = {"Authorization": f"Bearer {token}"}
            content = None
            if kind:
                size = chance.choice([1_000, 60_000, 250_000, MAXIMUM - 100])
                headers["Content-Type"] = kind
                content = (form(chance, size) if "form" in kind else body(chance, names, size))
            if chance.random() < 0.3:
                headers["If-Match"] = ('"' + "a" * 50 + '",') * 150
            if chance.random() < 0.3 and method == "POST":
                headers["Idempotency-Key"] = f"{chance.random()}"
            statuses.append(send(port, method, target(chance, path, parameters), headers, content))
        if any(status is not None and status >= 500 and status not in (501, 503)
               for status in statuses):
            wrong.append(f"{method} {path} responded {statuses}")
        after = stalls(ports)
        if after > before:
            wrong.append(f"{method} {path} blocked a loop for longer than {STALL} s, "
                         f"{after - before} times")
        before = after
    return wrong


def health(port, stop, times):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    while not stop.is_set():
        began = time.monotonic()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        times.append(time.monotonic() - began)
        time.sleep(0.002)
    connection.close()


def press(port, token):
    """Sends eight bodies of 1 MiB of marks in parallel, repeatedly, for four seconds."""
    content = ('{"' + marks(MAXIMUM - 20) + '":1}').encode()[:MAXIMUM]
    until = time.monotonic() + 4

    def one():
        while time.monotonic() < until:
            send(port, "POST", "/api/entities",
                 {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}, content)
    senders = [threading.Thread(target=one) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def crowd(port, token):
    """The latency of /healthz at the same time. The senders are another process, so that the
    measurement doesn't wait for their interpreter."""
    stop, times = threading.Event(), []
    sending = multiprocessing.Process(target=press, args=(port, token))
    sending.start()
    asking = threading.Thread(target=health, args=(port, stop, times))
    asking.start()
    sending.join()
    stop.set()
    asking.join()
    times.sort()
    return times[int(len(times) * 0.99)], len(times)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 32)
    print(f"cost: seed {seed}")
    settings = {"LATCHKEY_RATE_LIMIT": "0", "LATCHKEY_RATE_LIMIT_ADDRESS": "0",
                "LATCHKEY_LOG_LEVEL": "error"}
    with stack.running("latchkey-cost-", **settings) as (folder, environment, port):
        token = open(f"{folder}/.data/admin-token").read().strip()
        ports = [port + offset for offset in range(1, 6)]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json") as answer:
            listed = list(operations(json.load(answer)))
        wrong = hostile(seed, port, ports, token, listed)
        if wrong:  # Other work on the machine can also block a loop: try the same again.
            print("\n".join(wrong))
            wrong = hostile(seed, port, ports, token, listed)
        # The senders share the machine with the server: the best of up to five runs counts.
        best = crowd(port, token)
        for _ in range(4):
            if best[0] > HEALTH:
                best = min(best, crowd(port, token))
    if best[0] > HEALTH:
        wrong.append(f"/healthz took {best[0] * 1000:.0f} ms (99th percentile of {best[1]}) "
                     "beside 8 bodies of 1 MiB of marks")
    print(f"cost: {len(listed)} operations; /healthz p99 {best[0] * 1000:.1f} ms beside marks; "
          f"{len(wrong)} wrong")
    print("\n".join(wrong))
    return 1 if wrong else 0


sys.exit(main())
