"""Checks of access, beside PostgreSQL and OpenFGA."""

import sys

import postgres
from load import latencies, rates
from openfga import OpenFGA
from report import at_least, at_most

CHECK = "/api/access/check"
# So many of the questions take OpenFGA about as long as a load of the others.
TIMED = 10_000


def access(bench):
    """The caller's own access. The batch is mixed: a quarter each with access by a grant, by a
    store of the caller's organization, by a public store, and without access."""
    found = bench.world.by_access(250)
    batch = {"checks": [{"entityId": each} for entities in found.values() for each in entities]}
    steps = [result["via"] for result in bench.latchkey.call("POST", CHECK, batch)["results"]]
    if steps != [step for step, entities in found.items() for _ in entities]:
        sys.exit(f"the batch has other results than expected: {steps}")
    runs, = bench.load.in_turns(
        lambda: bench.load(bench.latchkey.port, CHECK, 8, "POST", [batch]))
    bench.report.value("checks in batches of 1,000, of the caller's own access",
                       [rate * 1000 for rate in rates(runs)], at_least(100_000), "/s")
    entity = found["organization_store"][0]
    single = {"checks": [{"entityId": entity}]}
    check, me = bench.load.together(
        lambda: bench.load(bench.latchkey.port, CHECK, 32, "POST", [single]),
        lambda: bench.load(bench.latchkey.port, f"/api/entities/{entity}/publishers/me", 32))
    bench.report.compare("one check by a store, in parallel, 99th percentile", latencies(check),
                         "publishers/me", latencies(me), at_most(2), "ms")


def checks(bench):
    """The same 20,000 questions for all: about other users than the caller, who can ask about
    everybody. All answers must be the same."""
    questions = bench.world.questions
    bodies = [{"checks": [{"userId": user, "entityId": entity}
                          for user, entity in questions[start:start + 1000]]}
              for start in range(0, len(questions), 1000)]
    answers = [result["via"] for body in bodies
               for result in bench.latchkey.call("POST", CHECK, body)["results"]]
    databases = postgres.PostgreSQL(bench.processes, bench.world) if bench.has_postgres else None
    engine = OpenFGA(bench.fga, bench.processes.folder, bench.world.few) if bench.fga else None
    same_answers(bench, answers, databases, engine)
    question = questions[answers.index("organization_store")]
    rounds = measure(bench, question, bodies, answers, databases, engine)
    compare(bench, rounds)
    if databases:
        bench.report.peers["PostgreSQL"] = databases.version()
        bench.report.note(f"PostgreSQL with 16 clients: {databases.rate(question, 16, 2):,.0f}/s")
        databases.stop()
    if engine:
        bench.report.peers["OpenFGA"] = engine.version()


def same_answers(bench, answers, databases, engine):
    """Fails if PostgreSQL or OpenFGA answers any question differently."""
    wrong = []
    if databases:
        wrong += [f"PostgreSQL {theirs}, Latchkey {ours}: {question}" for question, ours, theirs
                  in zip(bench.world.questions, answers, databases.answers(), strict=True)
                  if ours != theirs]
    if engine:
        wrong += [f"OpenFGA: {text}" for text in
                  engine.ask(bench.world.questions, [step is not None for step in answers])[1]]
    if wrong:
        sys.exit(f"{len(wrong)} answers differ:\n" + "\n".join(wrong[:20]))
    others = [name for name, it in (("PostgreSQL", databases), ("OpenFGA", engine)) if it]
    if others:
        granted = sum(step is not None for step in answers)
        bench.report.note(f"{len(answers):,} questions ({granted:,} with access): "
                          f"the same answers as {' and '.join(others)}")


def measure(bench, question, bodies, answers, databases, engine):
    """Rounds of all, by name."""
    user, entity = question
    single = [{"checks": [{"userId": user, "entityId": entity}]}]
    port, me = bench.latchkey.port, f"/api/entities/{bench.entity}/publishers/me"
    sides = {"single": lambda: bench.load(port, CHECK, 64, "POST", single).rate,
             "me": lambda: bench.load(port, me).rate,
             "batch": lambda: bench.load(port, CHECK, 8, "POST", bodies).rate * 1000}
    if databases:
        sides["PostgreSQL"] = lambda: databases.rate(question, 64, bench.load.seconds)
    if engine:
        granted = [step is not None for step in answers]
        sides["OpenFGA"] = lambda: engine.rate(bench.world.questions[:TIMED], granted[:TIMED])
    return dict(zip(sides, bench.load.in_turns(*sides.values())))


def compare(bench, rounds):
    report = bench.report
    report.compare("one check, by an organization's store", rounds["single"], "publishers/me",
                   rounds["me"], at_least(0.8, 1))
    for name, ours, peer, target in (
            ("the same, through gateway and token", "single", "PostgreSQL", at_least(0.8, 1.5)),
            ("checks in batches of 1,000", "batch", "PostgreSQL", at_least(20, 40)),
            ("checks in batches of 1,000", "batch", "OpenFGA", at_least(50, 200))):
        if peer in rounds:
            report.compare(name, rounds[ours], peer, rounds[peer], target)
        else:
            report.absent(name, target, f"{peer} could not be installed")
