"""Runs scim2-tester, a checker that others wrote, against a running system.

Usage: python scim_check.py URL TOKEN

Prints what it finds, and fails if it finds anything.
"""

import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

url, token = sys.argv[1:]
fields = {"Authorization": "Bearer " + token}
with Client(base_url=url + "/scim/v2", headers=fields, timeout=20) as http:
    results = check_server(SyncSCIMClient(http))

fine = (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE)
found = [result for result in results if result.status not in fine]
for result in found:
    print(result.status.name, result.title, result.resource_type, result.reason, result.data)
print(f"{len(results)} checks, {len(found)} findings")
sys.exit(1 if found or len(results) < 50 else 0)
