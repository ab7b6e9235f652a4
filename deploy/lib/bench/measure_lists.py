"""Pages of long lists."""

import statistics
import sys
import time

from report import at_most

PEOPLE = 100_000
SHARES = 1_000_000


def deep(bench):
    """Compares the last page of a list of a million shares with the first."""
    integration = bench.latchkey.call("POST", "/api/integrations", {"name": "Bench"})["id"]
    far_down(bench, "entities", f"/api/entities/{bench.entity}/shares",
             "INSERT INTO shares VALUES (?, ?, ?, 'usr_bench', 0)",
             ((f"shr_{i:026}", bench.entity, f"usr_{i:026}") for i in range(SHARES)))
    far_down(bench, "integrations", f"/api/integrations/{integration}/shares",
             "INSERT INTO shares (principal, integration_id, id, access_level, created_at,"
             " updated_at) VALUES (?, ?, ?, 1, 0, 0)",
             ((f"usr_{i:026}", integration, f"shr_{i:026}") for i in range(SHARES)))


def far_down(bench, name, path, statement, rows):
    bench.latchkey.stop(name)
    bench.latchkey.insert(name, statement, rows)
    bench.latchkey.start(name)
    pairs = [[milliseconds(bench, f"{path}?page={page}")[0] for page in (1, SHARES // 20)]
             for _ in range(7)]
    first, last = zip(*pairs)
    bench.report.compare(f"{name}: the last page of {SHARES:,} shares", last, "the first", first,
                         at_most(10), "ms")


def milliseconds(bench, path):
    """How long a request takes, and its response."""
    begin = time.monotonic()
    page = bench.latchkey.call("GET", path)
    return (time.monotonic() - begin) * 1000, page


def people(bench):
    """The first page of the people of an entity: 100,000 by its shares, an organization's store and
    invitations, a tenth of them twice."""
    fill_people(bench)
    path = f"/api/entities/{bench.entity}/people"
    # The first of all read the databases from the disk.
    bench.report.note(f"after the start: {milliseconds(bench, path)[0]:.0f} ms")
    first = [milliseconds(bench, path) for _ in range(21)]
    if any(len(page["items"]) != 20 or not page["next"] for _, page in first):
        sys.exit(f"the first page of people is not as expected: {first[0][1]}")
    bench.report.value(f"the first page of {PEOPLE:,} people", [time for time, _ in first],
                       at_most(50), "ms")
    cursor, seen, times = "", 0, []
    while cursor is not None:
        took, page = milliseconds(bench, f"{path}?pageSize=100{cursor and '&cursor=' + cursor}")
        times.append(took)
        seen, cursor = seen + len(page["items"]), page["next"]
    # The owner is one of them.
    if seen != PEOPLE + 1:
        sys.exit(f"{seen} people are on the pages, not {PEOPLE + 1}")
    searched = statistics.median(
        milliseconds(bench, f"{path}?search=p99998")[0] for _ in range(5))
    bench.report.note(f"pages of 100: {statistics.median(times):.0f} ms, at most {max(times):.0f} "
                      f"ms; a search that finds nobody in its first 10,000: {searched:.0f} ms")


def fill_people(bench):
    users = [f"usr_02{i:024}" for i in range(PEOPLE)]
    latchkey, organization, role = bench.latchkey, f"org_02{0:024}", f"rol_02{0:024}"
    latchkey.stop()
    latchkey.insert_users((user, f"p{i}") for i, user in enumerate(users))
    latchkey.insert(
        "entities", "INSERT INTO shares VALUES (?, ?, ?, 'usr_bench', 0)",
        ((f"shr_02{i:024}", bench.entity, user) for i, user in enumerate(users[:40_000])))
    latchkey.insert(
        "organizations", "INSERT INTO organizations (id, name, slug, created_at, search_text,"
        " npm_registry_key) VALUES (?, 'People', 'people', 0, 'people', x'00')", [(organization,)])
    latchkey.insert(
        "organizations", "INSERT INTO roles VALUES (?, ?, 'owner', 'owner', 'owner', '[\"*\"]')",
        [(role, organization)])
    latchkey.insert(
        "organizations", "INSERT INTO memberships VALUES (?, ?, ?, ?, 0)",
        ((user, organization, f"mem_02{i:024}", role)
         for i, user in enumerate(users) if 30_000 <= i < 95_000))
    latchkey.insert(
        "organizations", "INSERT INTO publications VALUES (?, ?, ?, 'app', 0, 'usr_bench', 0, 0)",
        [(bench.entity, organization, f"pub_02{0:024}")])
    latchkey.insert(
        "invitations", "INSERT INTO collaborators VALUES (?, ?, 'collaborator', 'usr_bench', 0)",
        ((user, bench.entity) for user in users[95_000:]))
    latchkey.start()
