"""Load by wrk, and turns of those that are compared."""

import collections
import concurrent.futures
import itertools
import json
import re
import subprocess
import sys

Result = collections.namedtuple("Result", "rate p99")

ONE = "wrk.method, wrk.headers, wrk.body = {method}, {fields}, {body}\n"
# Costs wrk a call for each request.
SEVERAL = """
local method, fields, requests, turn = {method}, {fields}, {{}}, 0
function init()
  for line in io.lines({file}) do
    local path, body = line:match("^(%S+) ?(.*)$")
    requests[#requests + 1] = wrk.format(method, path, fields, body ~= "" and body or nil)
  end
end
function request()
  turn = turn % #requests + 1
  return requests[turn]
end
"""


class Load:
    """Loads of `seconds`, in `rounds`."""
    numbers = itertools.count()

    def __init__(self, folder, token, seconds, rounds):
        self.folder, self.token, self.seconds, self.rounds = folder, token, seconds, rounds

    def __call__(self, port, path, connections=64, method="GET", bodies=(), bearer=None,
                 fields={}):
        """Requests a second and the 99th percentile of latency in milliseconds.
        path: one, or several, which are requested in turns, as are the bodies."""
        fields = {"Authorization": f"Bearer {bearer or self.token}", **fields}
        if bodies:
            fields["Content-Type"] = "application/json"
        paths = [path] if isinstance(path, str) else path
        texts = [json.dumps(body, separators=(",", ":")) for body in bodies] or [""]
        script = self.script(method, fields, paths, texts)
        url = f"http://127.0.0.1:{port}{paths[0]}"
        text = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{self.seconds}s", "--latency", "-s", script, url],
            capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in text or "Socket errors" in text:
            sys.exit(f"the load on {url} failed:\n{text}")
        value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
        return Result(float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
                      float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit])

    def script(self, method, fields, paths, texts):
        """The path of a script that makes wrk send these requests."""
        file = self.folder / f"wrk-{next(self.numbers)}"
        count = max(len(paths), len(texts))
        lines = [f"{path} {text}\n" for path, text, _ in zip(
            itertools.cycle(paths), itertools.cycle(texts), range(count))]
        file.write_text("".join(lines))
        table = ", ".join(f"[{json.dumps(k)}] = {json.dumps(v)}" for k, v in fields.items())
        script = file.with_suffix(".lua")
        script.write_text((ONE if count == 1 else SEVERAL).format(
            method=json.dumps(method), fields=f"{{{table}}}", file=json.dumps(str(file)),
            body=json.dumps(texts[0]) if texts[0] else "nil"))
        return str(script)

    def in_turns(self, *sides):
        """Runs all in turns, so that other work on the machine disturbs all; the results of each,
        a list for each side."""
        return [list(results) for results in
                zip(*([side() for side in sides] for _ in range(self.rounds)))]

    def together(self, *sides):
        """Runs all at the same time, so that all run under the same conditions."""
        with concurrent.futures.ThreadPoolExecutor(len(sides)) as pool:
            rounds = [list(pool.map(lambda side: side(), sides)) for _ in range(self.rounds)]
        return [list(results) for results in zip(*rounds)]


def rates(results):
    return [result.rate for result in results]


def latencies(results):
    return [result.p99 for result in results]
