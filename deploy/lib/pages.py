"""The pages and mails of invitations and shares in headless Chromium, against a running system.

pages.py PLAN, where PLAN is a JSON file: {"gateway": URL, "mails": folder of .eml, "shots": folder
for screenshots, "pictures": whether they are wanted, "admin": an admin's token, "languages":
["en", …], "look": a name for the screenshots, "app": the product's address, if there is one,
"provider": the identity provider's name, if there is one, "invitations": the pid of that service,
"axe": whether axe-core-python is installed in .build/venv}. Shares must wait for their mail long
enough that all in `share` are one burst (LATCHKEY_SHARE_MAIL_DELAY). Visits every state in `STATES`
and every mail in `MAILS`, in each language. Exits with 1 and prints what was wrong.
"""
import base64
import http.server
import json
import os
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

from browser import (DESK, PATIENCE, PHONE, WCAG, API, Browser, Mailbox, Person, Wrong, load_axe)

TAGS = {"en": "en-GB", "de": "de-AT", "fr": "fr-CH", "es": "es-MX"}
# 200 % of a phone and of a desk.
ZOOMED = ((195, 422, True), (640, 400, False))
MAIL, NARROW = (680, 800, False), ((320, 640, True),)
THING = "Château <Budget> & Co"
LONG = "Kundenbeziehungsmanagementsystem-Übersicht 2026"
UNSUBSCRIBE = r"https?://\S+/notifications/unsubscribe\?token=\S+"
# More than a mail about shares names.
MANY = 22
MESSAGE = "Hi,\n\nhave a look <3"

# Each state of the pages: its name, how a visit gets there from the one before, the status, and
# what it must have: elements, and its heading in English. A step is a method of `Visit` and its
# arguments.
STATES = [
    ("signed-out", ("open", "ann"), 200, ["button[value=code]"]),
    ("code-sent", ("press", "code"), 200, ["#code", "button[value=enter]"]),
    ("wrong-code", ("enter_wrong",), 422, ["#code[aria-invalid=true][aria-describedby=wrong]"]),
    ("signed-in", ("enter",), 200,
     ["button[value=accept]", "button[value=decline]", "button[value=signout]"]),
    ("another-account", ("open", "cy"), 200, ["button[value=code]", "button[value=signout]"]),
    ("signed-out-elsewhere", ("sign_out_in_another_tab",), 200,
     ["[role=alert]", "button[value=code]"]),
    ("accepted", ("accept", "ann"), 200, ["button[value=signout]"]),
    ("accepted-again", ("open", "ann"), 200, ["button[value=signout]"]),
    ("declined", ("decline", "cy"), 200, ["button[value=ask]", "h1=You declined this invitation"]),
    ("declined-asked", ("press", "ask"), 200, ["[role=status]"]),
    ("used", ("open_as_other", "ann"), 200, ["h1=This invitation has already been accepted"]),
    ("claim", ("open_claim", "ben"), 200, ["button[value=accept]", "button[value=decline]"]),
    ("claim-accepted", ("accept_by_keyboard",), 200, ["button[value=signout]"]),
    ("claim-used", ("open_claim", "ben"), 200, ["h1=This invitation has already been accepted"]),
    ("claim-long", ("open_claim", "long"), 200, ["button[value=accept]"]),
    ("claim-declined", ("press", "decline"), 200, ["button[value=ask]"]),
    ("workspace", ("open_mailed", "eve"), 200, ["button[value=code]"]),
    ("expired", ("expire", "fay"), 410, ["button[value=ask]", "h1=This invitation has expired"]),
    ("expired-asked", ("press", "ask"), 410, ["[role=status]"]),
    ("revoked", ("open", "dan"), 410, ["button[value=ask]", "h1=This invitation was revoked"]),
    ("revoked-asked", ("press", "ask"), 410, ["[role=status]"]),
    ("replaced", ("open_replaced", "gil"), 410, ["h1=This link no longer works"]),
    ("inviter-gone", ("open_given_up", "hal"), 410, ["h1=This invitation no longer works"]),
    ("not-found", ("open_cut_off", "ann"), 404, ["h1=We can't find this invitation"]),
    ("suspended", ("accept_suspended", "ida"), 401, ["h1=Your account is suspended"]),
    ("foreign-form", ("send_from_elsewhere", "ann"), 403, ["a.button"]),
    ("stale", ("send_nonsense",), 400, ["h1=Something went wrong"]),
    ("unsubscribe", ("open_unsubscribe", "kim"), 200, ["form button", "h1=E-mails about shares"]),
    ("unsubscribed", ("unsubscribe",), 200, ["h1=You won't get e-mails about shares"]),
    ("unsubscribed-again", ("open_unsubscribe", "kim"), 200,
     ["h1=You won't get e-mails about shares"]),
    ("unsubscribe-not-found", ("open_unsubscribe_cut_off", "kim"), 404,
     ["h1=This link doesn't work"]),
    ("unavailable", ("open_while_away", "ann"), 503, ["a.button", "h1=Something went wrong"]),
    ("too-many-tries", ("try_too_often", "eve"), 429, ["a.button", "h1=Too many attempts"]),
]

# With an identity provider that can't be reached.
PROVIDER_STATES = [
    ("provider-away", ("sign_in_elsewhere", "pat"), 200, ["[role=alert]", "button[value=code]"]),
    ("provider-stale", ("return_from_nowhere",), 400, ["h1=Something went wrong"]),
]

# Each mail: its name, to whom, and a pattern that its plain text has.
MAILS = [
    ("invitation", "ben", r"/invitations/claim\?claim="),
    ("invitation-viewer", "long", r"/invitations/claim\?claim="),
    ("invitation-workspace", "eve", r"/invitations/accept\?token="),
    ("invitation-workspace-reader", "fay", r"/invitations/accept\?token="),
    ("code", "ann", r"\b\d{4} \d{4}\b"),
    ("request", "owner", r"fay\.\w\w@example\.com"),
    ("webhook-disabled", "owner", r"410 Gone"),
    ("share", "kim", UNSUBSCRIBE),
    ("shares", "lea", UNSUBSCRIBE),
    ("shares-many", "max", UNSUBSCRIBE),
]


class Visit:
    """One language's way through all states."""

    def __init__(self, browser, plan, language):
        self.browser, self.plan, self.language = browser, plan, language
        self.mails = Mailbox(plan["mails"])
        self.make()
        self.page = self.person()
        self.codes = None

    def address(self, name):
        if name == "long":
            return f"maximiliane.von-hohenstein-{self.language}@kundenservice.example.com"
        return f"{name}.{self.language}@example.com"

    def user(self, name, shown):
        admin = API(self.plan["gateway"], self.plan["admin"])
        user = admin("POST", "/api/users", {
            "email": self.address(name), "username": f"{name}-{self.language}",
            "displayName": shown, "locale": self.language})
        token = admin("POST", "/api/tokens", {
            "name": "test", "userId": user["id"], "scopes": ["*"]})
        return user["id"], API(self.plan["gateway"], token["token"])

    def make(self):
        """Invitations of each kind, in all states that the API can bring about."""
        _, owner = self.user("owner", "Grace Hopper")
        self.owner = owner
        heir, other = self.user("heir", "Linus Pauling")
        app = self.plan.get("app")
        back = {"return_url": f"{app}/welcome?from=mail"} if app else {}
        self.links, made = {}, {}

        def invite(name, entity, **more):
            made[name] = owner("POST", f"/api/v1/entities/{entity}/invitations", {
                "email": self.address(name), **back, **more})
            self.links[name] = made[name]["accept_url"]

        def entity(name):
            return owner("POST", "/api/entities", {"name": name, "type": "app"})["id"]

        self.entity = entity(THING)
        names = ["ann", "ben", "cy", "dan", "gil", "ida"]
        for name in names + (["pat"] if self.plan.get("provider") else []):
            # Some pages are in the invitation's language, others in the browser's.
            locale = {"locale": self.language} if name == "ben" else {}
            invite(name, self.entity, message=MESSAGE, **locale)
        invite("long", entity(LONG), role="viewer", locale=TAGS[self.language])
        owner("DELETE", f"/api/v1/entities/{self.entity}/invitations/{made['dan']['id']}")
        owner("POST", f"/api/v1/entities/{self.entity}/invitations/{made['gil']['id']}/resend")
        given = entity("Ledger")
        invite("hal", given)
        owner("PUT", f"/api/entities/{given}/owner", {"userId": heir})
        workspace = owner("POST", "/api/v2/workspaces", {"name": "Müller <Labs> & Co"})["id"]
        for name, level in (("eve", "write"), ("fay", "read")):
            made[name] = owner("POST", f"/api/v2/workspaces/{workspace}/invite", {
                "invitedEmail": self.address(name), "permissions": level,
                "locale": self.language})
        self.expires = datetime.now(timezone.utc) + timedelta(seconds=1)
        owner("POST", f"/api/v2/workspaceInvitations/{made['fay']['id']}/expiration", {
            "expirationDate": self.expires.isoformat().replace("+00:00", "Z")})
        admin = API(self.plan["gateway"], self.plan["admin"])
        suspended, _ = self.user("ida", "Ida")
        admin("PATCH", f"/api/users/{suspended}", {"suspended": True})
        # It receives its own creation.
        owner("POST", "/api/v1/webhooks", {"url": self.plan["hook"], "events": ["*"]})
        self.share(entity, other)

    def share(self, entity, other):
        """One thing with a user, things of two users with another, and many with a third."""
        for name, shown in (("kim", "Kim"), ("lea", "Lea"), ("max", "Max")):
            self.user(name, shown)
        many = [entity(f"Report {number}") for number in range(1, MANY + 1)]
        database = other("POST", "/api/integrations", {"name": "Warehouse <EU>"})["id"]
        long = entity(LONG)

        def give(name, *things):
            for thing in things:
                self.owner("POST", f"/api/entities/{thing}/shares", {
                    "emails": [self.address(name)]})

        give("kim", self.entity)
        give("lea", self.entity, long)
        other("PUT", f"/api/integrations/{database}/shares/user:lea-{self.language}", {
            "accessLevel": 20})
        give("max", *many)

    # Steps

    def person(self):
        person = Person(self.browser, self.plan["shots"], self.plan["gateway"])
        person.call("Emulation.setUserAgentOverride", userAgent="pages test",
                    acceptLanguage=TAGS[self.language])
        # Statuses of pages that say what went wrong.
        person.expected += ["/invitations/", "/notifications/"]
        return person

    def open(self, name):
        return self.page.open(self.links[name])

    def open_mailed(self, name):
        self.page = self.person()
        return self.page.open(self.mails.link(self.address(name)))

    def open_claim(self, name):
        self.page = self.person()
        return self.page.open(self.mails.claim(self.address(name)))

    def open_as_other(self, name):
        self.page = self.person()
        return self.open(name)

    def open_replaced(self, name):
        return self.open_as_other(name)

    def open_given_up(self, name):
        """The new owner is known to all within moments."""
        end = time.monotonic() + PATIENCE
        while (status := self.open_as_other(name)) == 200 and time.monotonic() < end:
            time.sleep(0.2)
        return status

    def open_cut_off(self, name):
        return self.page.open(self.links[name][:-4])

    def expire(self, name):
        time.sleep(max(0, (self.expires - datetime.now(timezone.utc)).total_seconds()))
        return self.open_mailed(name)

    def unsubscribe_link(self, name):
        return self.mails.find(self.address(name), UNSUBSCRIBE)[1][0]

    def open_unsubscribe(self, name):
        self.page = self.person()
        return self.page.open(self.unsubscribe_link(name))

    def open_unsubscribe_cut_off(self, name):
        return self.page.open(self.unsubscribe_link(name)[:-4])

    def unsubscribe(self):
        return self.page.click("form button")

    def press(self, action):
        return self.page.click(f"button[value={action}]")

    def enter_wrong(self):
        """The field has the focus."""
        self.code = self.mails.code(self.address("ann"))
        self.page.type("1" * 8 if not self.code.startswith("1") else "2" * 8)
        return self.page.enter()

    def enter(self):
        self.page.type(self.code)
        return self.press("enter")

    def sign_out_in_another_tab(self):
        """What the first tab shows is no longer so."""
        self.open("ann")
        other = Person(self.browser, self.plan["shots"], self.plan["gateway"],
                       context=self.page.context)
        other.open(self.links["ann"])
        other.click("button[value=signout]")
        other.close()
        return self.press("accept")

    def sign_in(self, name):
        self.open(name)
        self.press("code")
        self.page.type(self.new_code(name))
        self.press("enter")

    def new_code(self, name):
        """A code is used once: the next one is another."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            code = self.mails.code(self.address(name))
            if code != self.codes:
                self.codes = code
                return code
            time.sleep(0.1)
        raise Wrong(f"no new code for {name}")

    def accept(self, name):
        self.codes = self.code
        self.sign_in(name)
        status = self.press("accept")
        self.leads_back("button[value=return]")
        return status

    def decline(self, name):
        self.page = self.person()
        self.sign_in(name)
        status = self.press("decline")
        self.leads_back("a.button[href*='status=declined']")
        return status

    def leads_back(self, selector):
        """To the product, if it has an address."""
        if bool(self.plan.get("app")) != self.page.run(
                f"!!document.querySelector({json.dumps(selector)})"):
            raise Wrong(f"{selector} with the product at {self.plan.get('app')}")

    def accept_by_keyboard(self):
        for _ in range(9):
            self.page.key("Tab", 9)
            if self.page.run("document.activeElement.value === 'accept'"):
                return self.page.enter()
        raise Wrong("Tab doesn't reach Accept")

    def accept_suspended(self, name):
        self.open_claim(name)
        return self.press("accept")

    def send_from_elsewhere(self, name):
        """A form of another site, which knows the link."""
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.links[name]).query)["token"][0]
        self.page = self.person()
        form = (f'<form method=post action="{self.plan["gateway"]}/invitations/accept">'
                f'<input name=token value="{token}"><button name=action value=code>x</button>')
        self.page.open("data:text/html;base64," + base64.b64encode(form.encode()).decode())
        return self.press("code")

    def send_nonsense(self):
        self.open_mailed("eve")
        self.page.run("document.querySelector('form').insertAdjacentHTML('beforeend', "
                      "'<input name=x>'.repeat(2000))")
        return self.page.loading(
            lambda: self.page.run("document.querySelector('button').click()"))

    def open_while_away(self, name):
        """The invitations service doesn't answer."""
        os.kill(self.plan["invitations"], signal.SIGSTOP)
        try:
            return self.open_as_other(name)
        finally:
            os.kill(self.plan["invitations"], signal.SIGCONT)

    def try_too_often(self, name):
        """More sign-in requests than an address may send in an hour."""
        link = self.mails.link(self.address(name))
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0]
        form = urllib.parse.urlencode({"token": token, "action": "enter", "code": "1"}).encode()
        status = 0
        while status != 429:
            try:
                urllib.request.urlopen(
                    f"{self.plan['gateway']}/invitations/accept", form).close()
            except urllib.error.HTTPError as error:
                status = error.code
        self.page = self.person()
        end = time.monotonic() + PATIENCE
        while self.page.open(link) != 200 and time.monotonic() < end:
            time.sleep(0.2)
        return self.press("code")

    def sign_in_elsewhere(self, name):
        self.open_as_other(name)
        self.page.expect(self.plan["provider"])
        return self.page.click("a.button[href*=token]")

    def return_from_nowhere(self):
        return self.page.open(f"{self.plan['gateway']}/invitations/signed-in?state=x&code=y")

    # What must hold

    def look(self, name, has, rules=None):
        """A page or mail on a phone and a desk, light and dark, and zoomed."""
        page, state = self.page, f"{name}, {self.language}"
        self.check_page(state, has)
        wide = MAIL if rules else DESK
        for label, size, scheme in (("phone", PHONE, "light"), ("phone", PHONE, "dark"),
                                    ("desk", wide, "light"), ("desk", wide, "dark")):
            page.size(size)
            page.call("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.check_width(state, size)
            if (label, scheme) in (("phone", "dark"), ("desk", "light")):
                page.judge(f"{state}, {label}, {scheme}", rules or (*WCAG, "best-practice"))
            if not self.plan["pictures"]:
                continue
            data = page.call("Page.captureScreenshot", format="png")["data"]
            file = f"{self.plan['look']}-{self.language}-{name}-{label}-{scheme}.png"
            with open(f"{self.plan['shots']}/{file}", "wb") as out:
                out.write(base64.b64decode(data))
        for size in NARROW if rules else ZOOMED:
            page.size(size)
            self.check_width(state, size)
        page.size(DESK)
        page.call("Emulation.setEmulatedMedia", features=[])

    def check_width(self, state, size):
        width = self.page.run("document.documentElement.scrollWidth")
        if width > size[0]:
            raise Wrong(f"{state} is {width} wide on {size[0]}")

    def check_page(self, state, has):
        heading = [one[3:] for one in has if one.startswith("h1=") and self.language == "en"]
        if heading and heading != [self.page.run("document.querySelector('h1').textContent")]:
            raise Wrong(f"{state}: not {heading} in {self.page.text()}")
        missing = [one for one in has if not one.startswith("h1=")
                   and not self.page.run(f"!!document.querySelector({json.dumps(one)})")]
        if missing:
            raise Wrong(f"{state}: no {missing} in {self.page.text()}")
        page = self.page.run("""({ language: document.documentElement.lang,
            headings: document.querySelectorAll('h1').length, title: document.title,
            scripts: document.scripts.length })""")
        if (page["language"] != self.language or page["scripts"] or not page["title"]
                or page["headings"] > 1):
            raise Wrong(f"{state}: {page}")

    def check_keys(self, state):
        """Tab goes through all controls from top to bottom, and shows where it is."""
        expected = self.page.run("""(() => {
            window.controls = [...document.querySelectorAll(
                'a[href], button, input:not([type=hidden])')];
            const start = window.controls.indexOf(document.activeElement);
            window.controls = window.controls.slice(start + 1);
            return window.controls.length;
        })()""")
        for number in range(expected):
            self.page.key("Tab", 9)
            if not self.page.run(f"""document.activeElement === window.controls[{number}]
                    && getComputedStyle(document.activeElement).outlineStyle !== 'none'"""):
                raise Wrong(f"{state}: Tab {number + 1} reaches "
                            + self.page.run("document.activeElement.outerHTML"))

    def run(self):
        states = STATES[:-1] + (PROVIDER_STATES if self.plan.get("provider") else [])
        if self.language == self.plan["languages"][-1]:
            # Afterwards no one can sign in.
            states.append(STATES[-1])
        for name, (step, *arguments), status, has in states:
            got = getattr(self, step)(*arguments)
            if got != status:
                raise Wrong(f"{name}, {self.language}: {got} instead of {status}: "
                            + self.page.text())
            self.look(name, has)
            self.check_keys(f"{name}, {self.language}")
            self.page.judge_traffic()

        path = f"/api/v1/entities/{self.entity}/collaborators"
        got = {one["email"] for one in self.owner("GET", path)["data"]}
        if got != {self.address("ann"), self.address("ben")}:
            raise Wrong(f"collaborators: {got}")

    # Mails

    def run_mails(self):
        for name, to, pattern in MAILS:
            mail, _ = self.mails.find(self.address(to), pattern)
            file = f"{self.plan['shots']}/mail-{self.language}-{name}"
            with open(f"{file}.html", "w", encoding="utf-8") as out:
                out.write(Mailbox.html(mail))
            with open(f"{file}.txt", "w", encoding="utf-8") as out:
                out.write(f"From: {mail['From']}\nReply-To: {mail['Reply-To']}\n"
                          f"Subject: {mail['Subject']}\n\n{Mailbox.plain(mail)}")
            self.page = self.person()
            self.page.open(f"file://{file}.html")
            # A mail has no landmarks.
            self.look(f"mail-{name}", [], WCAG)
            self.compare(name, Mailbox.plain(mail))

    def compare(self, name, plain):
        """Plain text says all that the HTML says, except for the button and its link."""
        said = self.page.run("""[...document.querySelectorAll('h1, p, td, blockquote')]
            .filter((one) => !one.querySelector('h1, p, td, blockquote'))
            .filter((one) => ![...one.querySelectorAll('a')].some((link) =>
                link.matches('.button') || link.textContent === link.getAttribute('href')))
            .map((one) => one.textContent.replace(/\\s+/g, ' ').trim()).filter(Boolean)""")
        words = {word.rstrip(":") for word in plain.split()} | set(plain.split())
        for text in said:
            lost = [word for word in text.split() if word not in words and word != "·"]
            if lost:
                raise Wrong(f"the plain text of {name} lacks {lost} of {text!r}")


class Gone(http.server.BaseHTTPRequestHandler):
    """A receiver of webhooks that is there no longer."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(410)
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    server = http.server.HTTPServer(("127.0.0.1", 0), Gone)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plan["hook"] = f"http://127.0.0.1:{server.server_port}/hook"
    browser = Browser()
    try:
        load_axe(plan)
        for language in plan["languages"]:
            visit = Visit(browser, plan, language)
            visit.run()
            visit.run_mails()
    except Wrong as wrong:
        sys.exit(str(wrong))
    finally:
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
