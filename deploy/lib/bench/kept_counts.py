"""Counts that triggers keep, for rows that were inserted without them: what each trigger counts is
read from its text, so that lists that are added later are counted, too."""

import re

# Rows in a part of a long list, as its triggers split them (Shared/SQLite/LongList.swift).
LONG_LIST = re.compile(
    r"CREATE TRIGGER (?P<list>\w+)_split .*SELECT new\.list, new\.holder, (?P<first>\w+),"
    r" (?P<second>\w+|''), new\.rows - (?P<half>\d+)\s+FROM (?P<table>\w+) WHERE"
    r" (?:(?P<holder>\w+) = new\.holder AND )?\(?[\w, ]+\)? >= [^\n]*\n\s+AND (?P<condition>.*?)"
    r" ORDER BY", re.DOTALL)
KEPT = re.compile(
    r"CREATE TRIGGER \w+_added AFTER INSERT ON (?P<table>\w+) BEGIN\s+INSERT INTO kept_counts"
    r" VALUES \('(?P<list>\w+)', new\.(?P<holder>\w+), (?:new\.(?P<part>\w+)|''), 1\)")
QUOTA = re.compile(
    r"CREATE TRIGGER \w+_quota_used AFTER INSERT ON (?P<table>\w+)\s.*INSERT INTO quota_usage"
    r" VALUES \('(?P<quota>\w+)', new\.(?P<holder>\w+), 1\)", re.DOTALL)


def count(db, triggers):
    """Fills the tables of counts of an open database."""
    for text in triggers:
        for pattern, fill in ((LONG_LIST, parts), (KEPT, kept), (QUOTA, used)):
            if match := pattern.match(text):
                fill(db, **match.groupdict())


def parts(db, list, first, second, half, table, holder, condition):
    """A list that is counted in parts: short ones by a group, the others as a migration does."""
    order = first if second == "''" else f"{first}, {second}"
    kind = db.execute("SELECT type FROM pragma_table_info(?) WHERE name = ?",
                      (table, first)).fetchone()[0]
    lowest = "''" if kind == "TEXT" else "-1"
    holder = holder or "''"
    db.execute("DELETE FROM list_parts WHERE list = ?", (list,))
    db.execute("CREATE TEMP TABLE holders AS"
               f" SELECT {holder} AS holder, count(*) AS total FROM {table} WHERE {condition}"
               " GROUP BY 1")
    db.execute(f"INSERT INTO list_parts SELECT '{list}', holder, {lowest}, '', total FROM holders"
               f" WHERE total <= {half} ORDER BY holder")
    long = db.execute(f"SELECT holder, total FROM holders WHERE total > {half}").fetchall()
    db.execute("DROP TABLE holders")
    for name, total in long:
        db.execute(
            f"""
            INSERT INTO list_parts
            SELECT '{list}', :name, iif(n = 0, {lowest}, first), iif(n = 0, '', second),
                min({half}, :total - n)
            FROM (
                SELECT {first} AS first, {second} AS second,
                    row_number() OVER (ORDER BY {order}) - 1 AS n
                FROM {table} WHERE {holder} = :name AND {condition}
            ) WHERE n % {half} = 0
            """, {"name": name, "total": total})


def kept(db, list, table, holder, part):
    db.execute("DELETE FROM kept_counts WHERE list = ?", (list,))
    part = part or "''"
    db.execute(f"INSERT INTO kept_counts SELECT '{list}', {holder}, {part}, count(*) FROM {table}"
               " GROUP BY 2, 3")


def used(db, table, quota, holder):
    db.execute("DELETE FROM quota_usage WHERE quota = ?", (quota,))
    db.execute(f"INSERT INTO quota_usage SELECT '{quota}', {holder}, count(*) FROM {table}"
               f" WHERE {holder} IS NOT NULL GROUP BY 2")
