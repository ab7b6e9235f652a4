"""Hooks that give schemathesis existing ids and unique keys.

Without them most requests would be 404 and prove little."""

import json
import os
import re
import uuid

import schemathesis

# Path parameter -> id, by tag of the operation, or by the operation itself if it needs its own
# thing. The test creates them before the run.
known = json.loads(os.environ.get("LATCHKEY_TEST_IDS", "{}"))
# Operation -> members of its body that name existing things: one value, or several in turn; null
# removes a member.
bodies = json.loads(os.environ.get("LATCHKEY_TEST_BODIES", "{}"))
# The bucket of every storage configuration, so that requests stay on this machine. The test can name
# an existing one.
bucket = {
    "provider": "s3", "endpoint": "http://127.0.0.1:9", "bucket": "packages",
    "region": "us-east-1", "accessKeyId": "id", "secretAccessKey": "secret",
} | json.loads(os.environ.get("LATCHKEY_TEST_STORAGE", "{}"))
# These would delete things that the others need: they get unknown ids, or ids created in this run.
destructive = {
    "deleteEntity", "deleteUser", "deleteToken", "deleteOrganization", "deleteRole",
    "deletePublication", "removeMember", "deleteIntegration", "revokeIntegrationShare", "deleteTeam",
    "removeTeamMember", "revokeInvitation", "removeCollaborator", "deleteWebhook",
    "deleteWorkspace", "removeSharedUser", "revokeWorkspaceInvitation", "deleteUserToken",
    "deleteSCIMUser", "deleteSCIMGroup",
}
administrative = {"updateUser", "deleteUser", "deleteToken", "setSCIMUser", "updateSCIMUser"}
# Operation that creates a thing -> operation that deletes it, and its path parameter.
makers = {
    "createUser": ("deleteUser", "id"),
    "createToken": ("deleteToken", "id"),
    "createEntity": ("deleteEntity", "entityId"),
    "createOrganization": ("deleteOrganization", "id"),
    "createRole": ("deleteRole", "roleId"),
    "publishEntity": ("deletePublication", "publicationId"),
    "createIntegration": ("deleteIntegration", "id"),
    "createTeam": ("deleteTeam", "id"),
    "createInvitation": ("revokeInvitation", "invId"),
    "createWebhook": ("deleteWebhook", "id"),
    "createWorkspace": ("deleteWorkspace", "workspaceId"),
    "createWorkspaceInvitation": ("revokeWorkspaceInvitation", "invitationId"),
    "createSCIMUser": ("deleteSCIMUser", "id"),
    "createSCIMGroup": ("deleteSCIMGroup", "id"),
}
made = {}
an_id = re.compile(
    "[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
prefixes = {
    "entityId": "ent_", "shareId": "shr_", "roleId": "rol_", "publicationId": "pub_",
    "invId": "inv_", "eventId": "evt_",
}
# Unknown names, for parameters that aren't ids. A team's id is its slug.
nobody = {"principalId": "user:nobody", "username": "nobody"}
no_team = "no-such-team"
uuids = {"workspaceId", "invitationId"}
no_uuid = "00000000-0000-7000-8000-000000000000"
# The run's own user and token, which it must not change or delete.
own = set(json.loads(os.environ.get("LATCHKEY_TEST_OWN", "[]")))


def texts(value):
    """All strings in a JSON value."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {text for item in value for text in texts(item)}
    return {value} if isinstance(value, str) else set()


# Schemathesis also finds ids in lists; these things must survive the run.
kept = texts(known) | texts(bodies) | own
calls = {}
seen = {}


@schemathesis.hook
def before_call(context, case, kwargs):
    definition = case.operation.definition.raw
    operation = definition["operationId"]
    calls[operation] = calls.get(operation, 0) + 1
    # Three in four: responses about missing things are tested too.
    takes_known = calls[operation] % 4 > 0
    ids = known.get(operation)
    if ids is None:
        ids = {} if operation in destructive else known.get(definition["tags"][0], {})
    if takes_known and made.get(operation) and not is_linked(case):
        ids = made[operation].pop()
    if is_valid(case, "path"):
        last = re.findall("{([A-Za-z]+)}", case.operation.path)[-1:]
        for name, value in (case.path_parameters or {}).items():
            # Access checks echo their input, which need not be an id.
            is_stray = not is_named(name, definition) and not an_id.fullmatch(str(value))
            is_kept = (
                operation in destructive and [name] == last and value in kept
                or operation in administrative and value in own
            )
            if name in ids and takes_known:
                case.path_parameters[name] = ids[name]
            elif is_stray or is_kept:
                case.path_parameters[name] = missing(name, definition)
    if takes_known:
        name_what_exists(case, operation)
    if case.headers and "Idempotency-Key" in case.headers and is_valid(case, "header"):
        # A key that is reused with another request is refused.
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    if case.headers and "Latchkey-User" in case.headers and is_valid(case, "header"):
        # A made-up user doesn't exist.
        del case.headers["Latchkey-User"]
    if case.query and "cursor" in case.query and is_valid(case, "query"):
        # A made-up cursor is refused.
        del case.query["cursor"]
    if case.headers and "If-Match" in case.headers and is_valid(case, "header"):
        # A made-up tag never matches; every response would be 412.
        case.headers["If-Match"] = "*"
    if case.headers and "If-None-Match" in case.headers and is_valid(case, "header"):
        case.headers["If-None-Match"] = '"none"'


@schemathesis.hook
def filter_case(context, case):
    """Drops invalid bodies that have `null`: for an optional member it counts as missing, which the
    document doesn't show, as generators would offer both."""
    return is_valid(case, "body") or not has_null(case.body)


def has_null(value):
    if isinstance(value, dict):
        value = list(value.values())
    return value is None or isinstance(value, list) and any(has_null(item) for item in value)


@schemathesis.check
def documented_problem(ctx, response, case):
    """An operation lists the codes of its own problems, and refers to those of all for the rest:
    statuses are ranges, so that codes are what can be checked."""
    if response.status_code < 400 or response.request.method != case.operation.method.upper():
        return
    if "application/problem+json" not in str(response.headers.get("content-type")):
        return
    status = str(response.status_code)
    shared = case.operation.schema.raw_schema["components"]["responses"]
    codes = [code for answer in shared.values() for code in answer.get("x-problem-codes", [])]
    codes += case.operation.definition.raw.get("x-problem-codes", {}).get(status, [])
    code = response.json()["code"]
    assert code in codes, f"{status} {code} is not documented"


def is_named(name, definition):
    """Whether the parameter of this operation's path is a name instead of an id with a prefix."""
    return name in nobody or not name.lower().endswith("id") or "Teams" in definition["tags"]


def missing(name, definition):
    """A valid but unknown value of the parameter."""
    if name == "id" and "Teams" in definition["tags"]:
        return no_team
    if name in uuids:
        return no_uuid
    return nobody.get(name, prefixes.get(name, "usr_") + "0" * 26)


def is_linked(case):
    """Whether the ids come from previous responses, as in the stateful phase."""
    phase = getattr(case.meta, "phase", None)
    name = getattr(phase, "name", None)
    return str(getattr(name, "value", name)) == "stateful"


def name_what_exists(case, operation):
    """Puts existing things into the body, and into query parameters of the same name."""
    members = {
        name: value[calls[operation] % len(value)] if isinstance(value, list) else value
        for name, value in bodies.get(operation, {}).items()
    }
    if isinstance(case.body, dict) and is_valid(case, "body"):
        for name, value in members.items():
            if value is None:
                case.body.pop(name, None)
            else:
                case.body[name] = value
        if operation == "setStorageConfig":
            # Each mode requires what the other forbids.
            case.body.pop("external", None)
            if case.body.get("mode") == "external":
                case.body["external"] = dict(bucket)
    if case.query and is_valid(case, "query"):
        for name in set(members) & set(case.query):
            case.query[name] = members[name]


def is_valid(case, place):
    """Whether schemathesis generated this part of the request as valid."""
    meta = case.meta
    if meta is None:
        return True
    parts = {str(getattr(key, "value", key)): part for key, part in meta.components.items()}
    part = parts.get({"path": "path_parameters", "header": "headers"}.get(place, place))
    part = part or parts.get(place)
    return part is None or getattr(part.mode, "value", part.mode) == "positive"


@schemathesis.hook
def after_call(context, case, response):
    """Counts the statuses of each operation; the test checks that each has succeeded."""
    operation = case.operation.definition.raw["operationId"]
    counts = seen.setdefault(operation, {})
    if response.request.method.upper() == case.operation.method.upper():
        counts[str(response.status_code)] = counts.get(str(response.status_code), 0) + 1
    if operation in makers and response.status_code in (200, 201):
        taker, name = makers[operation]
        thing = dict(case.path_parameters or {}, **{name: response.json()["id"]})
        made.setdefault(taker, []).append(thing)
    path = os.environ.get("LATCHKEY_TEST_SEEN")
    if path and sum(counts.values()) % 5 == 1:
        with open(path, "w") as file:
            json.dump(seen, file, indent=1, sort_keys=True)
