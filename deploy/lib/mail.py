"""Prints the newest .eml file in a folder, or the newest to an address if one is given."""

import email
import email.policy
import sys
from pathlib import Path


def main(folder, address=None):
    files = sorted(Path(folder).glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    for file in reversed(files):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        to = [found.addr_spec.lower() for found in message["To"].addresses]
        if address is None or address.lower() in to:
            for name in ("From", "To", "Subject", "Date"):
                print(f"{name}: {message[name]}")
            print("\n" + message.get_body(("plain",)).get_content().replace("\r\n", "\n"))
            return 0
    print(f"mail: none in {folder}" + (f" to {address}" if address else ""), file=sys.stderr)
    return 1


sys.exit(main(*sys.argv[1:3]))
