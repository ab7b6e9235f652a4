"""What schemathesis can't know: ids that exist, and that a key names one request only.

Without them most requests would end at 404 and prove little."""

import json
import os
import re
import uuid

import schemathesis

# Path parameter -> id, by tag of the operation, or by the operation itself where it needs a thing of
# its own; made by the test before the run.
known = json.loads(os.environ.get("LATCHKEY_TEST_IDS", "{}"))
# Operation -> members of its body that name what exists; null leaves a member out.
bodies = json.loads(os.environ.get("LATCHKEY_TEST_BODIES", "{}"))
# Where buckets are to be: nobody's machine but this one is knocked at.
bucket = os.environ.get("LATCHKEY_TEST_STORAGE", "http://127.0.0.1:9")
# These would take away what the others need: they try ids that nobody has, or that were made here.
destructive = {
    "deleteEntity", "deleteUser", "deleteToken", "deleteOrganization", "deleteRole",
    "deletePublication", "removeMember",
}
administrative = {"updateUser", "deleteUser", "deleteToken"}
# What one operation makes another takes away, by a parameter of its path.
makers = {
    "createOrganization": ("deleteOrganization", "id"),
    "createRole": ("deleteRole", "roleId"),
    "publishEntity": ("deletePublication", "publicationId"),
}
made = {}
an_id = re.compile("[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}")
prefixes = {
    "entityId": "ent_", "shareId": "shr_", "roleId": "rol_", "publicationId": "pub_",
}
# The run's own user and token, which it must not change or remove.
own = set(json.loads(os.environ.get("LATCHKEY_TEST_OWN", "[]")))
calls = {}
seen = {}


@schemathesis.hook
def before_call(context, case, kwargs):
    definition = case.operation.definition.raw
    operation = definition["operationId"]
    calls[operation] = calls.get(operation, 0) + 1
    # Three in four: what is missing must be answered well, too.
    takes_known = calls[operation] % 4 > 0
    ids = known.get(operation)
    if ids is None:
        ids = {} if operation in destructive else known.get(definition["tags"][0], {})
    if takes_known and made.get(operation):
        ids = made[operation].pop()
    if is_valid(case, "path"):
        for name, value in (case.path_parameters or {}).items():
            # Access checks echo whatever they were asked about, which is no id for that.
            is_stray = name.lower().endswith("id") and not an_id.fullmatch(str(value))
            if is_stray or operation in administrative and value in own:
                case.path_parameters[name] = prefixes.get(name, "usr_") + "0" * 26
            elif name in ids and takes_known:
                case.path_parameters[name] = ids[name]
    if takes_known:
        name_what_exists(case, operation)
    if case.headers and "Idempotency-Key" in case.headers and is_valid(case, "header"):
        # The contract refuses a key that comes again with another request.
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    if case.headers and "If-Match" in case.headers and is_valid(case, "header"):
        # No made-up tag can be the one that is meant; the answer would be 412 always.
        case.headers["If-Match"] = "*"
    if case.headers and "If-None-Match" in case.headers and is_valid(case, "header"):
        case.headers["If-None-Match"] = '"none"'


def name_what_exists(case, operation):
    """Puts things that exist into the body, and into the query where it says the same."""
    members = bodies.get(operation, {})
    if isinstance(case.body, dict) and is_valid(case, "body"):
        case.body.update(members)
        for name in [name for name, value in members.items() if value is None]:
            del case.body[name]
        external = case.body.get("external")
        if case.body.get("mode") == "managed":
            case.body.pop("external", None)
        elif operation == "setStorageConfig" and isinstance(external, dict):
            external["endpoint"] = bucket
    if case.query and is_valid(case, "query"):
        for name in set(members) & set(case.query):
            case.query[name] = members[name]


def is_valid(case, place):
    """Whether this part of the request is meant to be accepted."""
    meta = case.meta
    if meta is None:
        return True
    parts = {str(getattr(key, "value", key)): part for key, part in meta.components.items()}
    part = parts.get({"path": "path_parameters", "header": "headers"}.get(place, place))
    part = part or parts.get(place)
    return part is None or getattr(part.mode, "value", part.mode) == "positive"


@schemathesis.hook
def after_call(context, case, response):
    """Which statuses each operation has answered; the test looks whether it got through at all."""
    operation = case.operation.definition.raw["operationId"]
    counts = seen.setdefault(operation, {})
    if response.request.method.upper() == case.operation.method.upper():
        counts[str(response.status_code)] = counts.get(str(response.status_code), 0) + 1
    if operation in makers and response.status_code == 201:
        taker, name = makers[operation]
        thing = dict(case.path_parameters or {}, **{name: response.json()["id"]})
        made.setdefault(taker, []).append(thing)
    path = os.environ.get("LATCHKEY_TEST_SEEN")
    if path and sum(counts.values()) % 5 == 1:
        with open(path, "w") as file:
            json.dump(seen, file, indent=1, sort_keys=True)
