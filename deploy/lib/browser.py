"""A user in headless Chromium, for the tests of pages: pages.py, console.py, identity.py. Alone it
reads the API reference.

Drives the browser by the DevTools protocol over a pipe, with only Python's standard library.

browser.py PLAN, where PLAN is a JSON file: {"docs": the gateway's URL, "shots": folder for
screenshots, "axe": whether axe-core-python is installed in .build/venv}. Exits with 1 and prints what was wrong.
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
import urllib.error
import urllib.request

AXE = os.path.dirname(os.path.abspath(__file__)) + "/../../.build/venv/lib/python3*/" \
    "site-packages/axe_core_python/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = [*WCAG, "best-practice"]
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


class API:
    """The public API, to make what pages show."""

    def __init__(self, gateway, token):
        self.gateway, self.token = gateway, token

    def __call__(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.gateway + path, data, method=method, headers={
                "Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as response:
                return json.loads(response.read() or "null")
        except urllib.error.HTTPError as error:
            raise Wrong(f"{method} {path}: {error.read().decode()}") from error


class Person:
    """A user with their own browser context: no cookies are shared, unless one is given."""

    # The accessibility checker; none if it isn't installed.
    axe = None

    def __init__(self, browser, shots, home=None, scripts=True, context=None):
        """home: the only host that `judge_traffic` allows"""
        self.browser, self.shots, self.home, self.has_scripts = browser, shots, home, scripts
        # Paths of requests that the test makes fail.
        self.expected = []
        # The origin of an identity provider, whose pages do as they like.
        self.other = None
        self.context = context or browser.call("Target.createBrowserContext")["browserContextId"]
        self.target = browser.call("Target.createTarget", url="about:blank",
                                   browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target,
                                    flatten=True)["sessionId"]
        for domain in ("Page", "DOM", "Network", "Log", "Accessibility", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.size(DESK)

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)

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

    def picture(self, name, rules=RULES):
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
                self.judge(f"{name}, {label}, {scheme}", rules)
        self.size(DESK)
        self.call("Emulation.setEmulatedMedia", features=[])

    def check_names(self):
        """Checks that controls have accessible names, and the page exactly one heading."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        roles = [(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes
                 if not n.get("ignored")]
        nameless = [role for role, name in roles
                    if role in ("button", "textbox", "heading") and not name]
        if nameless or sum(role == "heading" for role, _ in roles) != 1:
            raise Wrong(f"accessible names: {roles}")


    def run(self, expression):
        """The value of an expression in the page."""
        reply = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                          returnByValue=True)
        if "exceptionDetails" in reply:
            raise Wrong(f"{expression[:80]}: {reply['exceptionDetails']}")
        return reply["result"].get("value")

    def judge(self, state, rules=RULES):
        """Axe must find nothing, where the page's user has scripts."""
        if not self.axe or not self.has_scripts:
            return
        if not self.run("typeof window.axe === 'object'"):
            self.run(self.axe + "; true")
        found = self.run(f"""axe.run(document, {{ runOnly: {json.dumps(rules)} }}).then((result) =>
            result.violations.map(({{ id, nodes }}) => id + ': ' + nodes.map((node) =>
                node.html.slice(0, 160) + ' ' + node.failureSummary).join('; ')))""")
        if found:
            raise Wrong(f"axe, {state}: {found}")

    def judge_traffic(self):
        """No complaint of the browser, and no request to another host."""
        events = [event for event in self.browser.history
                  if event.get("sessionId") == self.session]
        home = self.home + "/"
        requests = [event["params"] for event in events
                    if event["method"] == "Network.requestWillBeSent"]
        elsewhere = [one["request"]["url"] for one in requests
                     if not (self.other and one["documentURL"].startswith(self.other))
                     and not one["request"]["url"].startswith((home, "data:", "blob:" + home))]
        if elsewhere:
            raise Wrong(f"requests to other hosts: {elsewhere}")
        complaints = []
        for event in events:
            if event["method"] == "Log.entryAdded":
                entry = event["params"]["entry"]
                # Failures that the test causes are logged as failed loads.
                expected = self.expected + ([self.other, "jsdelivr"] if self.other else [])
                if entry["source"] == "network" and any(
                        path in entry.get("url", "") for path in expected):
                    continue
                complaints.append(json.dumps(entry))
            elif event["method"] in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                complaints.append(json.dumps(event["params"])[:600])
        if complaints:
            raise Wrong(f"the browser complains: {complaints}")


class Mailbox:
    def __init__(self, folder):
        self.folder = folder

    def find(self, address, pattern):
        """The newest mail to an address whose plain text has a pattern, and the match."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found = []
            for path in glob.glob(f"{self.folder}/*.eml"):
                with open(path, "rb") as file:
                    mail = email.message_from_binary_file(file, policy=email.policy.default)
                match = re.search(pattern, self.plain(mail)) if mail["To"] == address else None
                if match:
                    found.append((os.stat(path).st_mtime_ns, mail, match))
            if found:
                return max(found, key=lambda one: one[0])[1:]
            time.sleep(0.1)
        raise Wrong(f"no mail to {address} has {pattern}")

    @staticmethod
    def plain(mail):
        return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @staticmethod
    def html(mail):
        return mail.get_body(("html",)).get_content()

    def code(self, address):
        return self.find(address, r"\b(\d{4} \d{4})\b")[1][1]

    def claim(self, address):
        return self.find(address, r"https?://\S+/invitations/claim\?claim=\S+")[1][0]

    def link(self, address):
        return self.find(address, r"https?://\S+/invitations/accept\?token=\S+")[1][0]


def read_reference(gateway, shots, browser):
    """Reads the pages of /docs: nothing comes from elsewhere, and nothing is complained about."""
    reader = Person(browser, shots, gateway)
    # Browsers ask for it by themselves.
    reader.expected.append("/favicon.ico")

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

    reader.judge_traffic()


def load_axe(plan):
    """Reads the accessibility checker, if it is installed."""
    if plan["axe"]:
        with open(glob.glob(AXE)[0], encoding="utf-8") as file:
            Person.axe = file.read()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    browser = Browser()
    try:
        load_axe(plan)
        read_reference(plan["docs"], plan["shots"], browser)
    except Wrong as wrong:
        sys.exit(str(wrong))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
