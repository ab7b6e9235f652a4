"""Invitees sign in at an identity provider that others wrote (oidc-provider-mock), in Chromium and
without scripts in the page.

identity.py PLAN, where PLAN is a JSON file: {"port": for the provider, "name": what the button
says, "accept": {name: accept_url}, "emails": {name: address}, "shots": folder for screenshots}.
`ann` signs in with the invited address and accepts; `ben` has another address at the provider,
`cy` one that it hasn't verified, and `dan` refuses there. Exits with 1 and prints what was wrong.
"""

import json
import subprocess
import sys
import time
import urllib.request

import browser


def start(plan, users):
    """The provider with users and their claims, when it answers."""
    claims = [f"--user-claims={json.dumps({'sub': name, **more})}" for name, more in users.items()]
    process = subprocess.Popen(
        [plan["provider"], f"--port={plan['port']}", "--require-nonce=true", *claims],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{plan['port']}/.well-known/openid-configuration"
    for _ in range(200):
        try:
            urllib.request.urlopen(address).close()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise browser.Wrong("the provider doesn't start")


def begin(plan, chromium, name):
    """A person at the provider."""
    person = browser.Person(chromium, plan["shots"], scripts=False)
    person.open(plan["accept"][name])
    person.expect(f"Continue with {plan['name']}", "E-mail me a code")
    person.picture(f"provider-{name}-1")
    person.check_names()
    person.click("a.button")
    person.expect("Authorize Client")
    return person


def run(plan, chromium):
    ann = begin(plan, chromium, "ann")
    ann.click("button[value=ann]")
    ann.expect(f"You are signed in as {plan['emails']['ann']}")
    ann.click("button[value=accept]")
    ann.expect("You now have access to")

    for name, sign in (("ben", "signed you in as eve@example.com"),
                       ("cy", "hasn't verified your e-mail address")):
        person = begin(plan, chromium, name)
        person.click(f"button[value={name}]")
        person.expect(sign, "E-mail me a code")
        person.picture(f"provider-{name}-2")

    dan = begin(plan, chromium, "dan")
    dan.click("button[value=deny]")
    dan.expect("didn't work. Try again, or use a code.")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    provider = start(plan, {
        "ann": {"email": plan["emails"]["ann"], "email_verified": True},
        "ben": {"email": "eve@example.com", "email_verified": True},
        "cy": {"email": plan["emails"]["cy"], "email_verified": False},
    })
    chromium = browser.Browser()
    try:
        run(plan, chromium)
    except browser.Wrong as wrong:
        sys.exit(str(wrong))
    finally:
        chromium.close()
        provider.kill()
        provider.wait()


if __name__ == "__main__":
    main()
