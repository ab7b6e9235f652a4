"""The pictures of the documentation: someone is invited, gets access and leaves.

film.py PLAN, where PLAN is a JSON file: {"gateway": URL, "mails": folder of .eml, "shots": folder
for the pictures, "admin": an admin's token, "axe": whether axe-core-python is installed in
.build/venv}. Makes `FRAMES` with headless Chromium and a running system. Exits with 1 and prints
what was wrong, also if a picture is too large for a page that people read on the way.
"""
import base64
import json
import os
import sys

from browser import API, Browser, Mailbox, Person, Wrong, load_axe
from console import Tab, make_world

PHONE, DESK = (390, 720, True), (1280, 760, False)
LIMIT = 60_000
# The film, and what else the console shows.
FRAMES = ["1-mail", "2-page", "3-code", "4-accepted", "5-product", "6-shared", "7-explained",
          "8-revoked", "9-offboarded", "history", "home", "offboard"]


class Film:
    def __init__(self, browser, plan):
        self.browser, self.plan = browser, plan
        self.mails = Mailbox(plan["mails"])
        self.admin = API(plan["gateway"], plan["admin"])
        self.taken = []

    def frame(self, name, person, size):
        person.size(size)
        person.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])
        # A notice covers what the picture is about.
        person.run("document.querySelectorAll('.toast').forEach((one) => one.remove())")
        person.call("Emulation.setScrollbarsHidden", hidden=True)
        data = base64.b64decode(person.call(
            "Page.captureScreenshot", format="webp", quality=80)["data"])
        if not 2_000 < len(data) <= LIMIT:
            raise Wrong(f"{name} has {len(data)} bytes, limit {LIMIT}")
        with open(f"{self.plan['shots']}/{name}.webp", "wb") as file:
            file.write(data)
        self.taken.append(name)

    def invited(self, world):
        """By mail, to the page, with a code."""
        address = "rosalind@example.com"
        world["users"]["ada"]("POST", f"/api/v2/workspaces/{world['workspace']}/invite", {
            "invitedEmail": address, "permissions": "write"})
        mail, link = self.mails.find(address, r"https?://\S+/invitations/accept\?token=\S+")
        file = f"{self.plan['shots']}/mail.html"
        with open(file, "w", encoding="utf-8") as out:
            out.write(Mailbox.html(mail))
        rosalind = Person(self.browser, self.plan["shots"], self.plan["gateway"])
        rosalind.call("Emulation.setUserAgentOverride", userAgent="film", acceptLanguage="en-US")
        rosalind.size(PHONE)
        rosalind.open(f"file://{file}")
        self.frame("1-mail", rosalind, PHONE)
        os.remove(file)
        rosalind.open(link[0])
        self.frame("2-page", rosalind, PHONE)
        rosalind.click("button[value=code]")
        rosalind.type(self.mails.code(address))
        self.frame("3-code", rosalind, PHONE)
        rosalind.click("button[value=enter]")
        rosalind.click("button[value=accept]")
        rosalind.expect("You now have access to Quarterly planning", "Continue to Latchkey")
        self.frame("4-accepted", rosalind, PHONE)
        if rosalind.click("a.button") != 200:
            raise Wrong("the way on doesn't lead to the console")
        return self.admin("GET", "/api/users?search=rosalind")["items"][0]["id"]

    def console(self, user_id=None):
        """A tab in which a user is signed in, or the admin."""
        token = self.plan["admin"]
        if user_id:
            token = self.admin("POST", "/api/tokens", {
                "name": "film", "userId": user_id, "scopes": ["*"]})["token"]
        tab = Tab(self.browser, self.plan)
        tab.size(DESK)
        tab.visit("")
        tab.press("Sign in with an API token")
        tab.fill("API token", token)
        tab.press("Sign in")
        tab.see("Home")
        tab.settle()
        return tab

    def shared(self, world):
        """Shared, explained, revoked, and what is on record."""
        tab = self.console(world["users"]["ada"].id)
        tab.see("Compiler group", "Quarterly planning", "Shared with you")
        self.frame("home", tab, DESK)
        tab.visit(f"#/entities/{world['entity']}")
        tab.see("Grace Hopper")
        tab.press("Share")
        tab.fill("People", "alan@example.com, nobody@example.org ")
        tab.press("Add", "dialog form")
        tab.see("Alan Turing was added", "nobody@example.org has no account yet")
        self.frame("6-shared", tab, DESK)
        tab.press("Done")
        tab.see("Alan Turing")
        # The view is made anew when the dialog closes.
        tab.visit("#/")
        tab.visit(f"#/entities/{world['entity']}")
        tab.see("Alan Turing")
        tab.run("document.querySelector('.graph [tabindex=\"0\"]').focus()")
        tab.key("ArrowDown", 40)
        tab.until("document.querySelectorAll('.graph .way.lit').length === 2")
        self.frame("7-explained", tab, DESK)
        tab.press("Revoke Grace Hopper")
        tab.see("This ends at once:", "This stays, because it comes from a store:")
        self.frame("8-revoked", tab, DESK)
        tab.press("Revoke", "dialog .foot")
        tab.see("Grace Hopper’s access was revoked.")
        tab.visit(f"#/entities/{world['entity']}/history")
        tab.size(PHONE)
        tab.press("Details")
        self.frame("history", tab, PHONE)

    def offboarded(self, world):
        tab = self.console()
        tab.visit(f"#/admin/users/{world['users']['grace'].id}")
        tab.press("Offboard")
        tab.see("Passes to you", "Compiler group")
        self.frame("offboard", tab, DESK)
        tab.confirm("Offboard", "Done: all access was revoked.")
        self.frame("9-offboarded", tab, DESK)

    def run(self):
        world = make_world(self.admin)
        rosalind = self.invited(world)
        home = self.console(rosalind)
        home.see("Quarterly planning")
        self.frame("5-product", home, DESK)
        self.shared(world)
        self.offboarded(world)
        if sorted(self.taken) != FRAMES:
            raise Wrong(f"taken: {self.taken}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    browser = Browser()
    try:
        load_axe(plan)
        Film(browser, plan).run()
    except Wrong as wrong:
        sys.exit(str(wrong))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
