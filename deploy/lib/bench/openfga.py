"""OpenFGA's engine, inside its command-line program, with tuples of the same data."""

import json
import re
import subprocess
import sys
import time

MODEL = """
model
  schema 1.1
type user
type organization
  relations
    define member: [user]
type entity
  relations
    define publisher: [user]
    define direct_share: [user]
    define organization_store: [organization#member]
    define public_store: [user:*]
    define collaborator: [user]
    define access: publisher or direct_share or organization_store or public_store or collaborator
"""


class OpenFGA:
    """Its store in memory goes through all tuples to find one: it gets those of the entities that
    are asked about, and no others."""

    def __init__(self, program, folder, part):
        self.program, self.file = program, folder / "openfga.yaml"
        self.tuples = list(tuples(part))

    def ask(self, questions, expected):
        """The seconds for the questions, and those with another answer than expected, as text."""
        tests = [{"user": f"user:{user}", "object": f"entity:{entity}",
                  "assertions": {"access": granted}}
                 for (user, entity), granted in zip(questions, expected)]
        # JSON is YAML.
        self.file.write_text(json.dumps({
            "model": MODEL, "tuples": self.tuples, "tests": [{"name": "all", "check": tests}]}))
        begin = time.monotonic()
        done = subprocess.run([self.program, "model", "test", "--tests", str(self.file)],
                              capture_output=True, text=True)
        seconds = time.monotonic() - begin
        text = done.stdout + done.stderr
        summary = re.search(r"^Checks (\d+)/(\d+) passing", text, re.M)
        if not summary or int(summary[2]) != len(tests):
            sys.exit(f"OpenFGA failed with {done.returncode}:\n{text[-3000:]}")
        different = re.findall(r"Check\(user=.*", text)
        if len(different) != len(tests) - int(summary[1]):
            sys.exit(f"OpenFGA says {summary[0]}, and lists {len(different)}")
        return seconds, different

    def rate(self, questions, expected):
        """Questions a second, without the time to start and to read the tuples."""
        usual, _ = self.ask(questions[:1], expected[:1])
        seconds, _ = self.ask(questions, expected)
        return (len(questions) - 1) / (seconds - usual)

    def version(self):
        text = subprocess.run([self.program, "version"], capture_output=True, text=True)
        return re.search(r"[\d.]+", text.stdout + text.stderr)[0]


def tuples(part):
    def of(user, relation, kind):
        return {"user": user, "relation": relation, "object": kind}

    for table, relation in (("publishers", "publisher"), ("shares", "direct_share"),
                            ("collaborators", "collaborator")):
        for user, entity in getattr(part, table):
            yield of(f"user:{user}", relation, f"entity:{entity}")
    for user, organization in part.memberships:
        yield of(f"user:{user}", "member", f"organization:{organization}")
    for entity, organization, is_public in part.publications:
        yield of(f"organization:{organization}#member", "organization_store", f"entity:{entity}")
        if is_public:
            yield of("user:*", "public_store", f"entity:{entity}")
