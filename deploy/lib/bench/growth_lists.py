"""Every list of the API, as those see it who have most, and as an average user does."""

import datetime

from growth_data import BEGIN, named


def lists(data):
    """Tuples of the user's number (None: the platform admin) and the path."""
    ent, org = (lambda i: named("ent", i)), (lambda i: named("org", i))
    average = data.average
    # Entity 11 has most shares; its owner sees all, others their own.
    owner, other = data.owner_of(11), data.owner_of(average + 1)
    yield from ((None, "/api/users"), (None, "/api/users?search=zebra"),
                (None, f"/api/users?search=u{average}@example.com"),
                (None, "/api/users?search=saffron%20slate"), (None, "/api/users?search=e"),
                (None, f"/api/users/{named('usr', 0)}/tokens"), (None, "/api/audit"),
                (None, f"/api/audit?from={instant(1000)}&to={instant(data.most)}"),
                (None, "/api/organizations"), (None, "/api/organizations?search=slate"),
                (None, "/api/integrations"), (None, "/api/integrations?search=slate"),
                (None, "/api/teams"), (None, "/api/teams?search=slate"),
                (None, f"/api/entities?userId={named('usr', 1)}"))
    yield from ((0, "/api/tokens"), (0, "/api/auth/sessions"), (0, "/api/installations"),
                (None, f"/api/audit?actorId={named('usr', 0)}"),
                (owner, f"/api/audit?entityId={ent(11)}"),
                (owner, f"/api/audit?entityId={ent(11)}&actorId={named('usr', 0)}"),
                (4, f"/api/audit?organizationId={org(0)}"),
                (1, f"/api/audit?entityId={ent(7)}"))
    for user in (0, 1, 2, 4, 5, 6, average):
        yield from ((user, "/api/entities"), (user, "/api/entities?type=app"),
                    (user, "/api/entities?search=slate"), (user, "/api/entities?search=zebra"))
    for user in (2, average):
        yield from ((user, "/api/entities/shared-with-me"),
                    (user, "/api/entities/shared-with-me?type=app"))
    for user in (0, average):
        yield from ((user, "/api/entities/shares"), (user, "/api/entities/shares?type=app"))
    for entity, user in ((11, owner), (11, 20), (13, 0), (average + 1, other)):
        yield from ((user, f"/api/entities/{ent(entity)}/{what}")
                    for what in ("shares", "publishers", "versions"))
    yield owner, f"/api/entities/{ent(11)}/people"
    yield owner, f"/api/entities/{ent(11)}/people?search=slate"
    yield data.owner_of(14), f"/api/entities/{ent(14)}/publishers"
    for user in (4, 5, average):
        yield from ((user, "/api/organizations"), (user, "/api/organizations?search=slate"),
                    (user, "/api/stores"), (user, "/api/stores?search=slate"),
                    (user, "/api/stores?search=zebra"))
    yield from ((4, f"/api/organizations/{org(0)}/{what}")
                for what in ("members", "roles", "store", "store?type=app"))
    yield from ((average, f"/api/organizations/{org(0)}/{what}")
                for what in ("store", "store?type=app"))
    for user in (0, 2, 8, average):
        yield from ((user, "/api/integrations"), (user, "/api/integrations?search=slate"),
                    (user, "/api/teams"), (user, "/api/teams?search=slate"))
    yield 0, f"/api/integrations/{named('int', 11)}/shares"
    yield 0, "/api/teams/t0/members"
    for status in ("", "?status=accepted", "?status=pending"):
        yield from ((0, f"/api/v1/entities/{ent(13)}/invitations{status}"),
                    (5, f"/api/v1/invitations{status}"),
                    (average, f"/api/v1/invitations{status}"))
    yield 0, f"/api/v1/entities/{ent(13)}/collaborators"
    for user in (7, average):
        yield user, "/api/v2/workspaces"
    yield from ((0, f"/api/v2/workspaces/{data.workspace}/sharedUsers"),
                (5, "/api/v2/workspaceInvitations"),
                (5, "/api/v2/workspaceInvitations?status=pending"),
                (0, "/api/v1/webhooks"), (0, f"/api/v1/webhooks/{data.webhook}/deliveries"),
                (0, f"/api/v1/webhooks/{data.webhook}/deliveries?status=delivered"),
                (None, "/api/v1/events?scope=platform"),
                (None, "/api/v1/events?scope=platform&type=entity.deleted"),
                (None, f"/api/v1/events?scope=platform&subject={ent(11)}"),
                (0, "/api/v1/events"), (0, "/api/v1/events?type=entity.deleted"),
                (0, f"/api/v1/events?subject={ent(11)}"),
                (4, f"/api/v1/events?scope=organization&organization_id={org(0)}"))


def instant(number):
    """The time of a row, as a parameter."""
    time = datetime.datetime.fromtimestamp(BEGIN / 1000 + number, datetime.timezone.utc)
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
