"""Measures a first synchronization by SCIM: users one by one, as providers send them, then their
group, a hundred members a request.

Usage: python3 scim_sync.py URL TOKEN [USERS] [CONNECTIONS]

Prints the seconds of both parts, and fails if the group does not have them all in the end.
"""

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

url, token = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000
connections = int(sys.argv[4]) if len(sys.argv) > 4 else 8
place = urlsplit(url)
run = str(int(time.time()))
fields = {"Authorization": "Bearer " + token, "Content-Type": "application/scim+json"}


def send(connection, method, path, body=None):
    data = None if body is None else json.dumps(body)
    connection.request(method, "/scim/v2" + path, data, fields)
    response = connection.getresponse()
    text = response.read()
    if response.status >= 400:
        sys.exit(f"{method} {path}: {response.status} {text.decode()}")
    return json.loads(text) if text else None


def user(number):
    address = f"sync-{run}-{number}@example.com"
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": address, "externalId": f"{run}-{number}", "active": True,
        "name": {"givenName": "User", "familyName": str(number)},
        "emails": [{"value": address, "type": "work", "primary": True}],
    }


ids = [None] * count


def create(first):
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    for number in range(first, count, connections):
        ids[number] = send(connection, "POST", "/Users", user(number))["id"]


started = time.monotonic()
threads = [threading.Thread(target=create, args=(first,)) for first in range(connections)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if None in ids:
    sys.exit("some users were not created")
created = time.monotonic()
connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
group = send(connection, "POST", "/Groups", {"displayName": "Everybody " + run})
for start in range(0, count, 100):
    members = [{"value": id} for id in ids[start:start + 100]]
    operation = {"op": "Add", "path": "members", "value": members}
    send(connection, "PATCH", "/Groups/" + group["id"], {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation],
    })
joined = time.monotonic()
shown = send(connection, "GET", "/Groups/" + group["id"])
if len(shown.get("members", [])) != count:
    sys.exit(f"{len(shown.get('members', []))} members instead of {count}")
print(
    f"{count} users in {created - started:.1f} s, their group in {joined - created:.1f} s, "
    f"{joined - started:.1f} s in all")
