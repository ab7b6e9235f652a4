"""The table of results, and the same as JSON."""

import collections
import json
import os
import statistics
import time

Spread = collections.namedtuple("Spread", "min median max")
WIDTHS = (55, 22, 38, 6, 9, 5)


def spread(values):
    return Spread(min(values), statistics.median(values), max(values))


class Target:
    """What a ratio (or a value) must be, and what it is to become."""

    def __init__(self, sign, bound, aim=None):
        self.sign, self.bound, self.aim = sign, bound, aim

    def holds(self, value, bound):
        return value >= bound if self.sign == ">=" else value <= bound

    def verdict(self, value):
        if not self.holds(value, self.bound):
            return "MISSED"
        return "aim" if self.aim is not None and self.holds(value, self.aim) else "met"


def at_least(bound, aim=None):
    return Target(">=", bound, aim)


def at_most(bound, aim=None):
    return Target("<=", bound, aim)


class Report:
    def __init__(self):
        self.lines, self.begin, self.load = [], time.time(), os.getloadavg()[0]
        self.peers = {}
        self.has_head = False

    def compare(self, name, ours, peer, theirs, target, unit="/s"):
        """A line about a ratio: of the medians of `ours` and `theirs`."""
        ours, theirs = spread(ours), spread(theirs)
        ratio = ours.median / theirs.median
        self.add(name, target, ratio, target.verdict(ratio),
                 (shown(ours, unit), f"{peer} {shown(theirs, unit)}", f"{ratio:.2f}"), unit=unit,
                 ours=ours._asdict(), peer=peer, theirs=theirs._asdict())

    def value(self, name, ours, target, unit):
        """A line about a value that has a target of its own."""
        ours = spread(ours)
        self.add(name, target, ours.median, target.verdict(ours.median),
                 (shown(ours, unit), "", ""), unit=unit, ours=ours._asdict())

    def absent(self, name, target, why):
        """A line that can't be measured here, which is no failure."""
        self.add(name, target, None, "not here", ("", why, ""))

    def add(self, name, target, value, verdict, cells, **more):
        self.lines.append({
            "name": name, "value": value, "sign": target.sign, "target": target.bound,
            "aim": target.aim, "verdict": verdict, **more})
        if not self.has_head:
            self.row("", "Latchkey: median (min-max)", "compared with", "ratio", "target", "aim",
                     "")
            self.has_head = True
        aim = "" if target.aim is None else f"{target.aim:,}"
        self.row(name, *cells, f"{target.sign} {target.bound:,}", aim, verdict)

    def row(self, name, ours, *cells):
        text = f"{name:<{WIDTHS[0]}} {ours:>{WIDTHS[1]}}"
        text += "".join(f" {cell:>{width}}" for cell, width in zip(cells, WIDTHS[2:6]))
        print(f"{text}  {cells[-1]}", flush=True)

    def note(self, text):
        print(f"  {text}", flush=True)

    def holds(self):
        return all(line["verdict"] != "MISSED" for line in self.lines)

    def write(self, path, **about):
        about |= {"cores": os.cpu_count(), "peers": self.peers,
                  "begin": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.begin)),
                  "seconds": round(time.time() - self.begin), "loadBefore": self.load}
        with open(path, "w") as file:
            json.dump({**about, "lines": self.lines}, file, indent=2)
            file.write("\n")


def shown(values, unit):
    """A spread; one number where there is one."""
    least, median, most = map(short, values)
    unit = unit if unit == "/s" or not unit else f" {unit}"
    return f"{median}{unit}" + ("" if least == most else f" ({least}-{most})")


def short(value):
    """A number with about three digits."""
    if value >= 10_000:
        return f"{value / 1000:.{0 if value >= 100_000 else 1}f}k"
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f}"

