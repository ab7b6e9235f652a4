"""A platform's day with no Latchkey token but its backend's: people come by SCIM, as Okta and Entra
send it, sign in by OpenID Connect at a provider that others wrote (oidc-provider-mock), in Chromium
and without scripts, call with JWTs of that provider, are deactivated there, and are out.

platform_day.py PLAN, where PLAN is a JSON file: {"url": of the gateway, "edge": of an edge gateway,
"token": the backend's, "port": for the provider, "provider": its program, "mails": folder of .eml,
"shots": folder for screenshots}. Prints the day as a table in Markdown; exits with 1 and prints
what was wrong, which includes access a second after the request that ends it.
"""

import base64
import json
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import browser
import identity

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
# The client of the platform's own application at the provider: the audience of its tokens.
APP = "app"
CALLBACK = "http://127.0.0.1:9/callback"
# Of requests on connections of their own, so that each loop of a gateway knows the caller.
TIMES = 8


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(Stay)


def send(method, url, data=None, fields=None):
    """The status, the body and the Location of a response."""
    request = urllib.request.Request(url, data, fields or {}, method=method)
    try:
        response = OPENER.open(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        return response.status, response.read(), response.headers.get("Location")


class Day:
    """What is done, and when."""

    def __init__(self, plan):
        self.plan = plan
        self.began = time.monotonic()
        self.rows = []

    def note(self, who, what, result):
        self.rows.append((f"{time.monotonic() - self.began:.2f} s", who, what, result))

    def call(self, method, path, body=None, token=None, base=None, status=200, **more):
        """The JSON of a response, which must have the status."""
        fields = {"Authorization": f"Bearer {token or self.plan['token']}", **more}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            is_scim = path.startswith("/scim/")
            fields["Content-Type"] = f"application/{'scim+' if is_scim else ''}json"
        found, text, _ = send(method, (base or self.plan["url"]) + path, data, fields)
        if found != status:
            raise browser.Wrong(f"{method} {path}: {found}, not {status}: {text.decode()}")
        return json.loads(text) if text else None

    def scim(self, method, path, body=None, status=200):
        return self.call(method, "/scim/v2" + path, body, status=status)

    @property
    def gateways(self):
        return {"gateway": self.plan["url"], "edge gateway": self.plan["edge"]}

    # The provider, as its application and as SCIM

    def jwt(self, name):
        """What the platform's application gets when a person signs in to it."""
        provider = f"http://127.0.0.1:{self.plan['port']}"
        asked = urlencode({
            "response_type": "code", "client_id": APP, "redirect_uri": CALLBACK,
            "scope": "openid email", "nonce": f"{name}-{time.time_ns()}"})
        *_, location = send(
            "POST", f"{provider}/oauth2/authorize?{asked}", urlencode({"sub": name}).encode())
        code = parse_qs(urlsplit(location).query)["code"][0]
        basic = base64.b64encode(f"{APP}:secret".encode()).decode()
        status, text, _ = send(
            "POST", f"{provider}/oauth2/token",
            urlencode({"grant_type": "authorization_code", "code": code,
                       "redirect_uri": CALLBACK}).encode(),
            {"Authorization": f"Basic {basic}"})
        if status != 200:
            raise browser.Wrong(f"the provider: {text.decode()}")
        return json.loads(text)["id_token"]

    def provision(self, style, resource):
        """Looks for a user, and creates them: as Okta and Entra do."""
        query = quote(f'userName eq "{resource["userName"]}"')
        if self.scim("GET", f"/Users?filter={query}&startIndex=1&count=100")["totalResults"]:
            raise browser.Wrong(f"{resource['userName']} is there before they come")
        user = self.scim("POST", "/Users", resource, status=201)["id"]
        self.note(f"provider, as {style}", f"`POST /scim/v2/Users` {resource['userName']}", "201")
        return user

    # Having access, and not

    def uses(self, credentials, integration, status, code=None):
        """Sends requests with each credential through each gateway.

        Returns when the last of them was answered, counted from the beginning of this."""
        for name, token in credentials.items():
            for gateway, base in self.gateways.items():
                for _ in range(TIMES):
                    try:
                        found = self.call("GET", f"/api/integrations/{integration}", token=token,
                                          base=base, status=status)
                    except browser.Wrong as wrong:
                        raise browser.Wrong(f"{name} at the {gateway}: {wrong}") from None
                    if code and found["code"] != code:
                        raise browser.Wrong(f"{name} at the {gateway}: {found}")

    def deactivate(self, style, name, user, operation, credentials, integration):
        """The provider says that somebody has left: from the next request on they are out."""
        self.uses(credentials, integration, 200)
        self.note(name, f"{', '.join(credentials)}: through both gateways", "200")
        patch = {"schemas": [PATCH], "Operations": [operation]}
        began = time.monotonic()
        shown = self.scim("PATCH", f"/Users/{user}", patch)
        answered = time.monotonic() - began
        if shown["active"] is not False:
            raise browser.Wrong(f"{name} is still active: {shown}")
        # Sessions are ended, the others are as long as the user is suspended.
        for kind, token in credentials.items():
            code = "invalid_token" if kind == "session" else "user_suspended"
            self.uses({kind: token}, integration, 401, code)
        out = time.monotonic() - began
        question = {"subject": {"type": "user", "id": name}, "action": {"name": "access"},
                    "resource": {"type": "integration", "id": integration}}
        while self.call("POST", "/access/v1/evaluation", question)["decision"]:
            if time.monotonic() - began > 1:
                raise browser.Wrong(f"a second later, {name} still has access")
        decided = time.monotonic() - began
        if out > 1:
            raise browser.Wrong(f"it took {out:.2f} s to see that {name} is out")
        value = json.dumps(operation["value"]).replace('"', "")
        self.note(f"provider, as {style}", f"`PATCH /scim/v2/Users/…` `active` {value}",
                  f"200 after {1000 * answered:.0f} ms")
        self.note(name, f"{', '.join(credentials)}: each next request, through both gateways",
                  f"401; {2 * TIMES * len(credentials)} requests, the last {1000 * out:.0f} ms "
                  "after the provider's")
        self.note("other services", f"is {name} permitted? (`/access/v1/evaluation`)",
                  f"no, {1000 * decided:.0f} ms after it")


def arrive(day):
    """Two people, one group. Returns their ids and the team's."""
    ann = day.provision("Okta", {
        "schemas": [USER], "userName": "ann@example.com", "externalId": "ann",
        "name": {"givenName": "Ann", "familyName": "Arbor"}, "displayName": "Ann Arbor",
        "emails": [{"primary": True, "value": "ann@example.com", "type": "work"}],
        "locale": "en-US", "groups": [], "active": True})
    ben = day.provision("Entra", {
        "schemas": [USER, ENTERPRISE], "userName": "ben@example.com", "externalId": "ben",
        "name": {"formatted": "Ben Bell", "familyName": "Bell", "givenName": "Ben"},
        "displayName": "Ben Bell", "title": "Clerk", "active": True,
        "emails": [{"primary": True, "type": "work", "value": "ben@example.com"}],
        "meta": {"resourceType": "User"}, "roles": [], ENTERPRISE: {"department": "Sales"}})
    team = day.scim("POST", "/Groups", {
        "schemas": [GROUP], "displayName": "Sales", "externalId": "sales"}, 201)["id"]
    day.scim("PATCH", f"/Groups/{team}", {"schemas": [PATCH], "Operations": [
        {"op": "Add", "path": "members", "value": [{"value": ann}, {"value": ben}]}]}, 204)
    day.note("provider", "`POST /scim/v2/Groups` Sales, `PATCH` members", "201, 204")
    return ann, ben, team


def work(day, team, ann):
    """Ann makes things with her JWT. Returns the integration that the team has, and entities with
    the pages of invitations to them for Ben."""
    made = day.call("POST", "/api/integrations", {"name": "CRM"}, ann, status=201)["id"]
    day.call("PUT", f"/api/integrations/{made}/shares/team:{team}", {"accessLevel": 1}, ann)
    day.note("ann, JWT", "creates an integration and shares it with the team", "201, 200")
    boards = []
    for name in ("Board", "Diary"):
        board = day.call("POST", "/api/entities", {"name": name, "type": "app"}, ann,
                         day.plan["edge"], 201)["id"]
        page = day.call("POST", f"/api/v1/entities/{board}/invitations",
                        {"email": "ben@example.com"}, ann, day.plan["edge"], 201)["accept_url"]
        boards.append((board, page))
    day.note("ann, JWT, edge gateway", "creates two entities and invites ben@example.com to each",
             "201")
    return made, boards


def sign_in(day, chromium, page):
    """Ben accepts in the browser. Returns the person there."""
    ben = browser.Person(chromium, day.plan["shots"], scripts=False)
    ben.open(page)
    ben.click("a.button")
    ben.expect("Authorize Client")
    ben.click("button[value=ben]")
    ben.expect("You are signed in as ben@example.com")
    ben.click("button[value=accept]")
    ben.expect("You now have access to")
    day.note("ben, browser", "*Continue with Acme*, accepts", "has access")
    return ben


def credentials(day, mails):
    """What Ben can have: a JWT, an API token made with it, a session by a mailed code."""
    jwt = day.jwt("ben")
    token = day.call("POST", "/api/tokens", {"name": "mine", "scopes": ["team:write"]}, jwt,
                     status=201)["token"]
    day.call("POST", "/api/auth/codes", {"email": "ben@example.com"}, status=202)
    code = mails.code("ben@example.com").replace(" ", "")
    session = day.call("POST", "/api/auth/sessions", {"email": "ben@example.com", "code": code},
                       status=201)["token"]
    day.note("ben", "JWT, an API token made with it, a session by a mailed code", "201, 201")
    return {"JWT": jwt, "API token": token, "session": session}


def run(day, chromium):
    ann, ben, team = arrive(day)
    ann_jwt = day.jwt("ann")
    integration, [(board, page), (_, other_page)] = work(day, team, ann_jwt)
    person = sign_in(day, chromium, page)
    bens = credentials(day, browser.Mailbox(day.plan["mails"]))
    day.call("GET", f"/api/entities/{board}", token=bens["JWT"])

    person.open(other_page)
    person.expect("You are signed in as ben@example.com")

    # Entra sends texts, and operations with capitals.
    day.deactivate("Entra", "ben", ben, {"op": "Replace", "path": "active", "value": "False"},
                   bens, integration)
    person.open(other_page)
    if "You are signed in" in person.text():
        raise browser.Wrong(f"the page still has a session: {person.text()}")
    person.click("a.button")
    person.click("button[value=ben]")
    person.expect("Your account is suspended")
    day.note("ben, browser", "the page of the other invitation: signed out; *Continue with Acme*",
             "“Your account is suspended”")
    day.deactivate("Okta", "ann", ann, {"op": "replace", "value": {"active": False}},
                   {"JWT": ann_jwt}, integration)

    day.scim("PATCH", f"/Users/{ben}", {"schemas": [PATCH], "Operations": [
        {"op": "Replace", "path": "active", "value": "True"}]})
    session = bens.pop("session")
    day.uses(bens, integration, 200)
    day.uses({"session": session}, integration, 401)
    day.note("provider, as Entra", "`active` True: JWT and API token work again, sessions don't",
             "200, 401")
    day.scim("DELETE", f"/Users/{ben}", status=204)
    day.uses(bens, integration, 401, "invalid_token")
    day.note("provider, as Entra", "`DELETE /scim/v2/Users/…`: each next request", "204, 401")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    provider = identity.start(plan, {
        name: {"email": f"{name}@example.com", "email_verified": True} for name in ("ann", "ben")})
    chromium = browser.Browser()
    day = Day(plan)
    try:
        run(day, chromium)
    except browser.Wrong as wrong:
        sys.exit(str(wrong))
    finally:
        chromium.close()
        provider.kill()
        provider.wait()
    print("| at | who | does | result |\n|---|---|---|---|")
    for row in day.rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
