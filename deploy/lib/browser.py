"""Users in a browser: accept invitations, or read the API reference, in headless Chromium.

Drives it by the DevTools protocol over a pipe, with only Python's standard library. It reads, types
and clicks without running scripts in the page, so everything must work without JavaScript.

browser.py PLAN, where PLAN is a JSON file: {"mails": folder of .eml, "shots": folder for
screenshots, "accept": {name: accept_url}, "emails": {name: address}, "axe": whether to check with
axe-core-python of .build/venv}, or {"docs": the gateway's URL, "shots": folder}. Exits with 1 and prints what was wrong.
"""
import base64
import email
import email.policy
import fcntl
import glob
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

AXE = os.path.dirname(os.path.abspath(__file__)) + "/../../.build/venv/lib/python3*/" \
    "site-packages/axe_core_python/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK = (390, 844, True), (1280, 800, False)
PATIENCE = 20


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="browser-")
        # The browser reads commands from 3 and writes replies to 4.
        ours, theirs = zip(*((fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in pair)
                             for pair in (reversed(os.pipe()), os.pipe())))

        def plumb():
            os.dup2(theirs[0], 3)
            os.dup2(theirs[1], 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--remote-debugging-pipe", "--no-sandbox",
             "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", f"--user-data-dir={self.folder}"],
            preexec_fn=plumb, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in theirs:
            os.close(end)
        self.out, self.into = ours[0], os.fdopen(ours[1], "rb", buffering=0)
        self.rest, self.number, self.events = b"", 0, []
        # All events that there were.
        self.history = []

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == message["id"]:
                if "error" in answer:
                    raise Wrong(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def read(self):
        while b"\0" not in self.rest:
            more = self.into.read(1 << 16)
            if not more:
                raise Wrong("the browser has exited")
            self.rest += more
        line, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(line)
        if "method" in message:
            self.history.append(message)
        return message

    def wait(self, method, session):
        """The next event of a kind, including events that arrived while waiting for a reply."""
        while True:
            while self.events:
                event = self.events.pop(0)
                if event.get("method") == method and event.get("sessionId") == session:
                    return event["params"]
            self.events.append(self.read())


class Wrong(Exception):
    pass


class Person:
    """A user with their own browser context: no cookies are shared, unless one is given."""

    # The accessibility checker; none if it isn't installed.
    axe_source = None

    def __init__(self, browser, shots, scripts=True, context=None):
        self.browser, self.shots, self.has_scripts = browser, shots, scripts
        self.context = context or browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank",
                              browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target,
                                    flatten=True)["sessionId"]
        for domain in ("Page", "DOM", "Network", "Log", "Accessibility"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.size(DESK)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def size(self, size):
        width, height, is_mobile = size
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=is_mobile)

    # Actions

    def loading(self, act):
        """Runs an action that loads a page, and returns its status."""
        self.browser.events.clear()
        act()
        status = None
        while True:
            event = self.browser.read() if not self.browser.events else self.browser.events.pop(0)
            if event.get("sessionId") != self.session:
                continue
            if (event["method"] == "Network.responseReceived"
                    and event["params"]["type"] == "Document"):
                status = event["params"]["response"]["status"]
            if (event["method"] == "Log.entryAdded"
                    and event["params"]["entry"]["source"] == "security"):
                raise Wrong(f"blocked by the policy: {event['params']['entry']['text']}")
            if event["method"] == "Page.loadEventFired":
                return status

    def open(self, url):
        return self.loading(lambda: self.call("Page.navigate", url=url))

    def find(self, selector):
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        if not node:
            raise Wrong(f"no {selector} in:\n{self.text()}")
        return node

    def click(self, selector):
        node = self.find(selector)
        self.call("DOM.scrollIntoViewIfNeeded", nodeId=node)
        quad = self.call("DOM.getBoxModel", nodeId=node)["model"]["border"]
        where = {"x": sum(quad[0::2]) / 4, "y": sum(quad[1::2]) / 4}

        def press():
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1,
                          **where)
        return self.loading(press)

    def type(self, text):
        """Types into the focused field."""
        self.call("Input.insertText", text=text)

    def key(self, name, code, text=""):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, code=name,
                      windowsVirtualKeyCode=code, text=text if kind == "keyDown" else "")

    def enter(self):
        return self.loading(lambda: self.key("Enter", 13, "\r"))

    # The visible page

    def text(self):
        node = self.find("body")
        source = self.call("DOM.getOuterHTML", nodeId=node)["outerHTML"]
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", source)))

    def expect(self, *words):
        for word in words:
            if word not in self.text():
                raise Wrong(f"no {word!r} in: {self.text()}")

    def picture(self, name, rules=(*WCAG, "best-practice")):
        """Screenshots on phone and desktop, light and dark; nothing must be wider than the screen,
        and axe must find nothing."""
        for label, size in (("phone", PHONE), ("desk", DESK)):
            self.size(size)
            for scheme in ("light", "dark"):
                self.call("Emulation.setEmulatedMedia",
                          features=[{"name": "prefers-color-scheme", "value": scheme}])
                width = self.call("Page.getLayoutMetrics")["cssContentSize"]["width"]
                if width > size[0]:
                    raise Wrong(f"{name} is {width} wide on a {label}")
                data = self.call("Page.captureScreenshot", format="png")["data"]
                with open(f"{self.shots}/{name}-{label}-{scheme}.png", "wb") as file:
                    file.write(base64.b64decode(data))
                self.check_access(f"{name} {label} {scheme}", rules)
        self.size(DESK)
        self.call("Emulation.setEmulatedMedia", features=[])

    def check_access(self, state, rules):
        """Checks the page with axe, where the page's user has scripts."""
        if not self.axe_source or not self.has_scripts:
            return
        script = self.axe_source + f""";axe.run(document, {{ runOnly: {json.dumps(rules)} }}).then(
            (result) => result.violations.map(({{ id, nodes }}) => id + ': ' + nodes.map((node) =>
                node.html.slice(0, 160) + ' ' + node.failureSummary).join('; ')))"""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True,
                           returnByValue=True)
        found = answer["result"].get("value")
        if found != []:
            raise Wrong(f"axe, {state}: {found or answer}")

    def check_names(self):
        """Checks that controls have accessible names, and the page exactly one heading."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        roles = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes
                 if not n.get("ignored")]
        nameless = [role for role, name in roles
                    if role in ("button", "textbox", "heading") and not name]
        if nameless or sum(role == "heading" for role, _ in roles) != 1:
            raise Wrong(f"accessible names: {roles}")


class Mailbox:
    def __init__(self, folder):
        self.folder = folder

    def newest(self, address, part):
        """The newest mail to an address with `part` in its subject."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = []
            for path in glob.glob(f"{self.folder}/*.eml"):
                with open(path, "rb") as file:
                    mail = email.message_from_binary_file(file, policy=email.policy.default)
                if mail["To"] == address and part in mail["Subject"]:
                    found.append((os.stat(path).st_mtime_ns, mail))
            if found:
                return max(found, key=lambda pair: pair[0])[1]
            time.sleep(0.1)
        raise Wrong(f"no mail to {address}")

    def code(self, address):
        text = self.newest(address, "code").get_body(("plain",)).get_content()
        return re.search(r"\b(\d{4} \d{4})\b", text)[1]

    def claim(self, address):
        text = self.newest(address, "").get_body(("plain",)).get_content()
        return re.search(r"https?://\S+/invitations/claim\?claim=\S+", text)[0]

    def link(self, address):
        text = self.newest(address, "invites").get_body(("plain",)).get_content()
        return re.search(r"https?://\S+/invitations/accept\?token=\S+", text)[0]

    def page(self, address):
        return self.newest(address, "invites").get_body(("html",)).get_content()


def by_code(person, plan, mails, name):
    """From the accept_url, or the link in a workspace's mail, to the page with Accept and Decline."""
    address = plan["emails"][name]
    person.open(plan["accept"].get(name) or mails.link(address))
    person.expect("invites you to work", address)
    person.picture(f"{name}-1-signed-out")
    person.check_names()
    person.click("button[value=code]")
    person.expect("We sent a code")
    person.picture(f"{name}-2-code")
    person.check_names()
    code = mails.code(address)
    # The field has the focus.
    person.type("1" * 8 if not code.startswith("1") else "2" * 8)
    if person.enter() != 422:
        raise Wrong("a wrong code must be 422")
    person.expect("That code is wrong")
    person.picture(f"{name}-3-wrong-code")
    person.check_names()
    person.type(code)
    person.click("button[value=enter]")
    person.expect(f"You are signed in as {address}")
    person.picture(f"{name}-4-answer")
    person.check_names()


def run(plan, browser):
    mails = Mailbox(plan["mails"])
    shots = plan["shots"]

    ann = Person(browser, shots)
    by_code(ann, plan, mails, "ann")
    ann.click("button[value=accept]")
    ann.expect("You now have access to")
    ann.picture("ann-5-in")
    ann.open(plan["accept"]["ann"])
    ann.expect("You now have access to")

    # Ann opens another user's invitation.
    ann.open(plan["accept"]["cy"])
    ann.expect("You are signed in as", plan["emails"]["ann"], plan["emails"]["cy"])
    ann.picture("ann-6-another")
    ann.check_names()
    ann.click("button[value=signout]")
    ann.expect("To respond, confirm that", plan["emails"]["cy"])
    ann.picture("ann-7-signed-out")

    ben = Person(browser, shots)
    link = mails.claim(plan["emails"]["ben"])
    ben.open(link)
    ben.expect("invites you to", "You will be signed in as")
    ben.picture("ben-1-claim")
    ben.check_names()
    # With only the keyboard.
    ben.key("Tab", 9)
    ben.enter()
    ben.expect("You now have access to")
    ben.picture("ben-2-in")
    other = Person(browser, shots)
    other.open(link)
    other.expect("already been accepted")
    other.picture("ben-3-used")

    # With the mail's link, and no account.
    fay = Person(browser, shots, scripts=False)
    fay.open(mails.claim(plan["emails"]["fay"]))
    fay.expect("lädt Sie ein", "Gültig bis")
    fay.picture("fay-1-claim-german")
    fay.check_names()
    fay.click("button[value=decline]")
    fay.expect("Sie haben diese Einladung abgelehnt")
    fay.picture("fay-2-declined")

    cy = Person(browser, shots, scripts=False)
    by_code(cy, plan, mails, "cy")
    cy.click("button[value=decline]")
    cy.expect("You declined this invitation")
    cy.picture("cy-5-declined")

    if other.open(plan["accept"]["dan"]) != 410:
        raise Wrong("a revoked invitation must be 410")
    other.expect("revoked")
    other.picture("dan-withdrawn")
    if other.click("button[value=ask]") != 410:
        raise Wrong("a revoked invitation stays 410 when a new one is asked for")
    other.expect("We let", "know.")
    other.picture("dan-asked")
    other.check_names()
    mails.newest("owner@example.com", "asks for a new invitation")
    if other.open(plan["accept"]["dan"][:-4]) != 404:
        raise Wrong("a truncated link must be 404")
    other.expect("We can't find this invitation")
    other.picture("nowhere")

    # Into a workspace, whose link is only in the mail.
    eve = Person(browser, shots, scripts=False)
    by_code(eve, plan, mails, "eve")
    eve.expect("work in the workspace")
    eve.click("button[value=accept]")
    eve.expect("You now have access to")
    eve.picture("eve-5-in")

    for name, button, picture in (("ben", "View the invitation", "mail"),
                                  ("eve", "View the invitation", "mail-workspace")):
        path = f"{shots}/{picture}.html"
        with open(path, "w", encoding="utf-8") as file:
            file.write(mails.page(plan["emails"][name]))
        other.open(f"file://{path}")
        other.expect(button)
        # A mail has no landmarks.
        other.picture(picture, WCAG)


def read_reference(gateway, shots, browser):
    """Reads the pages of /docs: nothing comes from elsewhere, and nothing is complained about."""
    reader = Person(browser, shots)
    reader.call("Runtime.enable")

    def visit(act, *words):
        status = act()
        if status != 200:
            raise Wrong(f"{status} instead of 200")
        reader.expect(*words)

    def links(selector):
        root = reader.call("DOM.getDocument")["root"]["nodeId"]
        nodes = reader.call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"]
        found = {}
        for node in nodes:
            source = reader.call("DOM.getOuterHTML", nodeId=node)["outerHTML"]
            title = html.unescape(re.sub(r"<[^>]+>", "", source)).strip()
            found[title] = html.unescape(re.search(r'href="([^"]*)"', source)[1])
        return found

    visit(lambda: reader.open(f"{gateway}/docs"), "Latchkey API")
    reader.picture("docs-1-start")
    bar = links("nav a")
    # Operations by what they do, not by their paths.
    if bar.get("Create an integration", "").rpartition("#")[2] != "createIntegration":
        raise Wrong(f"no operation in the side bar: {bar}")
    paths = [title for title in bar if title.startswith("/") or "/api/" in title]
    if paths or len(bar) < 100:
        raise Wrong(f"{len(bar)} links in the side bar; paths: {paths}")
    visit(lambda: reader.open(f"{gateway}/{bar['Create an integration']}"), "POST")
    reader.picture("docs-2-operation")

    def search(words, title):
        def submit():
            reader.call("DOM.focus", nodeId=reader.find("#q"))
            reader.type(words)
            return reader.enter()
        visit(lambda: reader.open(f"{gateway}/docs"))
        visit(submit, "found for", title)
        found = links("ul.found a")
        if title not in found:
            raise Wrong(f"{words!r} finds {found}")
        return found[title]

    search("create integration", "Create an integration")
    reader.picture("docs-3-found")
    problem = search("slug_taken", "slug_taken")
    visit(lambda: reader.open(f"{gateway}/{problem}"), "slug_taken")

    for name in ("conventions", "versioning", "messages", "objects", "problems", "scopes"):
        visit(lambda: reader.open(f"{gateway}/docs/{name}"))
        twin = links("header a").get("Markdown", "")
        if not twin.endswith(f"docs/{name}.md"):
            raise Wrong(f"no Markdown of {name}: {twin!r}")
    reader.picture("docs-4-scopes")
    visit(lambda: reader.open(f"{gateway}/docs/scopes.md"), "# Scopes")

    events = [event for event in browser.history if event.get("sessionId") == reader.session]
    seen = [event["params"]["request"]["url"] for event in events
            if event["method"] == "Network.requestWillBeSent"]
    elsewhere = [url for url in seen if not url.startswith(f"{gateway}/")]
    if elsewhere or len(seen) < 10:
        raise Wrong(f"{len(seen)} requests, elsewhere: {elsewhere}")
    complaints = [json.dumps(event["params"]) for event in events
                  if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown",
                                         "Runtime.consoleAPICalled")]
    # Browsers ask for it by themselves.
    complaints = [text for text in complaints if "/favicon.ico" not in text]
    if complaints:
        raise Wrong(f"the browser complains: {complaints}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    browser = Browser()
    try:
        if plan.get("axe"):
            with open(glob.glob(AXE)[0], encoding="utf-8") as file:
                Person.axe_source = file.read()
        if "docs" in plan:
            read_reference(plan["docs"], plan["shots"], browser)
        else:
            run(plan, browser)
    except Wrong as wrong:
        sys.exit(str(wrong))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
