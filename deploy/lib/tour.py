"""Runs the README's tour and the longer one against a fresh deploy/up, line by line like a new user,
and compares every response with the shown one: same members and values, except ids and times."""

import json
import re
import subprocess
import sys
from pathlib import Path

import stack



def blocks_of(path, section):
    """The shell commands and expected responses of a section, as (kind, text)."""
    text = (stack.root / path).read_text().split(f"## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"```(sh|json|text)\n(.*?)\n```", text, re.S)


tours = {
    "README.md": blocks_of("README.md", "Five-minute tour"),
    "Services/Tour.md": blocks_of("Services/Tour.md", "The tour"),
}
changing = re.compile(
    r"(usr|tok|ent|shr|ver|evt|aud|org|rol|pub|int|inv)_[0-9A-HJKMNP-TV-Z]{26}(\.[\w-]{43})?"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    r'|(?<="requestId":")[^"]+|(?<="requestId": ")[^"]+')


# Events of all contexts are numbered as they arrive.
numbers = re.compile(r'(?<="sequence":)\s*\d+|(?<="next_after":)\s*\d+')


def normalized(kind, text):
    """The part that is equal in every run: without order of members, ids, times, request ids and
    numbers of events."""
    rest = numbers.sub("0", changing.sub("*", text)).strip()
    if kind == "text":
        return [line.split() for line in rest.splitlines()]
    values = []
    decoder = json.JSONDecoder()
    while rest:
        value, end = decoder.raw_decode(rest)
        values.append(value)
        rest = rest[end:].strip()
    return json.dumps(values, sort_keys=True)


def main():
    shown = failures = 0
    for path, blocks in tours.items():
        with stack.running("latchkey-tour-") as (folder, environment, port):
            Path(folder, "deploy").symlink_to(stack.root / "deploy")
            for round in (1, 2):  # A tour can be repeated.
                shown += len([kind for kind, _ in blocks if kind != "sh"])
                failures += play(path, blocks, folder, environment, port, round)
    print(f"tour: {shown - failures} responses as shown, {failures} different")
    return 1 if failures else 0


def play(path, blocks, folder, environment, port, round):
    script = "set -eu\n"
    for kind, text in blocks:
        if kind == "sh":
            script += text.replace("127.0.0.1:8080", f"127.0.0.1:{port}") + "\n"
        else:
            script += "printf '\\n@@response@@\\n'\n"
    run = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True,
        timeout=60)
    if run.returncode:
        print(f"{path}: the tour exited with {run.returncode}: {run.stderr}")
        return 1
    responses = run.stdout.split("\n@@response@@\n")
    failures = 0
    for (kind, shown), response in zip((block for block in blocks if block[0] != "sh"), responses):
        response = response.replace(f"127.0.0.1:{port}", "127.0.0.1:8080")
        # The second thing of a name gets another slug while the first exists or is being deleted.
        if round == 2:
            response = re.sub(r'"(release-notes|acme)-2"', r'"\1"', response)
        if normalized(kind, shown) != normalized(kind, response):
            failures += 1
            print(f"{path} shows\n{shown}\nbut the response is\n{response.strip()}")
    return failures


sys.exit(main())
