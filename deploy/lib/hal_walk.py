"""Walks the integrations API with a third-party HAL client, restnavigator.

Arguments: the root's URL, a token, and the name of an integration that is shared with a team. Links,
templates (RFC 6570) and embedded objects lead to the rest; the script knows no path. Prints the
results as a line of JSON.
"""
import json
import sys

from restnavigator import Navigator

root, token, name = sys.argv[1:4]
api = Navigator.hal(root, headers={"Authorization": f"Bearer {token}"})

# Page by page, following `next`.
found = None
pages = 0
page = api["search"](page=1, pageSize=1)
while found is None:
    pages += 1
    for item in page.embedded()["inf:integration"]:
        if item.state["name"] == name:
            found = item
    if found is None:
        page = page["next"]

shares = found["shares"]
share = shares.embedded()["inf:integration-share"][0].state
one = api["inf:find-share"](id=found.state["id"], principalId=share["principalId"])
owner = found["owner"]
team = api["inf:team"](id=share["principal"]["id"].removeprefix("team:"))
members = team["members"]
print(json.dumps({
    "pages": pages,
    "self": found["self"]().get("id") == found.state["id"],
    "byTemplate": api["inf:find"](id=found.state["slug"])().get("id") == found.state["id"],
    "share": one()["accessLevel"],
    "owner": owner.embedded()["inf:user"].state["username"],
    "access": api["inf:access"](id=found.state["id"])()["via"],
    "team": team()["name"],
    "members": [m.state["username"] for m in members.embedded()["inf:team-member"]],
    "teams": len(api["inf:teams"]().embedded()["inf:team"]),
    "meaning": api.curies["inf"],
}, sort_keys=True))
