"""PostgreSQL, with the same data and the same questions as one prepared query."""

import os
import pwd
import re
import signal

from processes import output

BINARIES = "/usr/lib/postgresql/15/bin"
TABLES = {
    "users": ("id",), "publishers": ("user_id", "entity_id"), "shares": ("user_id", "entity_id"),
    "memberships": ("user_id", "organization_id"),
    "publications": ("entity_id", "organization_id", "is_public"),
    "collaborators": ("user_id", "entity_id")}
# Ids are compared by bytes: a collation would make it slower. Each grant is found in the index of a
# primary key alone.
SCHEMA = """
    CREATE TABLE users (id text COLLATE "C" PRIMARY KEY);
    CREATE TABLE publishers (user_id text COLLATE "C", entity_id text COLLATE "C",
        PRIMARY KEY (user_id, entity_id));
    CREATE TABLE shares (LIKE publishers INCLUDING ALL);
    CREATE TABLE collaborators (LIKE publishers INCLUDING ALL);
    CREATE TABLE memberships (user_id text COLLATE "C", organization_id text COLLATE "C",
        PRIMARY KEY (user_id, organization_id));
    CREATE TABLE publications (entity_id text COLLATE "C", organization_id text COLLATE "C",
        is_public boolean NOT NULL, PRIMARY KEY (entity_id, organization_id) INCLUDE (is_public));
    CREATE TABLE questions (number integer PRIMARY KEY, user_id text COLLATE "C",
        entity_id text COLLATE "C");
"""
CHECK = """
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM publishers WHERE user_id = {user} AND entity_id = {entity})
            THEN 'publisher'
        WHEN EXISTS (SELECT 1 FROM shares WHERE user_id = {user} AND entity_id = {entity})
            THEN 'direct_share'
        WHEN EXISTS (SELECT 1 FROM publications p JOIN memberships m
                ON m.user_id = {user} AND m.organization_id = p.organization_id
                WHERE p.entity_id = {entity}) THEN 'organization_store'
        WHEN EXISTS (SELECT 1 FROM publications WHERE entity_id = {entity} AND is_public)
            AND EXISTS (SELECT 1 FROM users WHERE id = {user}) THEN 'public_store'
        WHEN EXISTS (SELECT 1 FROM collaborators WHERE user_id = {user} AND entity_id = {entity})
            THEN 'collaborator' END
"""


class PostgreSQL:
    """Reached by a Unix socket alone. Reads don't depend on how durable its writes are."""

    def __init__(self, processes, world):
        # It refuses to run as root.
        self.user = unprivileged() if os.geteuid() == 0 else None
        self.folder = processes.own_folder(self.user)
        self.run("initdb", "-D", f"{self.folder}/data", "-U", "bench", "-A", "trust", "-N",
                 "--locale=C", "-E", "UTF8", server=False)
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder,
                    "shared_buffers": "256MB", "jit": "off", "fsync": "off", "autovacuum": "off",
                    # Else each of a client's first five executions is planned again.
                    "plan_cache_mode": "force_generic_plan"}
        self.processes = processes
        self.child = processes.start(
            [f"{BINARIES}/postgres", "-D", f"{self.folder}/data",
             *(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))],
            user=self.user, cwd=self.folder)
        processes.wait(lambda: (self.folder / ".s.PGSQL.5432").exists(), "PostgreSQL")
        self.fill(world)

    def run(self, program, *arguments, server=True, **how):
        where = ("-h", str(self.folder), "-U", "bench") if server else ()
        return output([f"{BINARIES}/{program}", *where, *arguments], user=self.user,
                      cwd=self.folder, **how)

    def sql(self, text, **how):
        return self.run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", "postgres",
                        input=text, **how)

    def fill(self, world):
        script = [SCHEMA]
        tables = {name: world.rows(name) for name in TABLES}
        tables["users"] = [(user,) for user in tables["users"]]
        tables["questions"] = [(i, *pair) for i, pair in enumerate(world.questions, 1)]
        for name, rows in tables.items():
            lines = "\n".join("\t".join(map(str, row)) for row in rows)
            script.append(f"COPY {name} FROM STDIN;\n{lines}\n\\.\n")
        # The map of what is visible to all makes index-only scans possible.
        script.append("VACUUM ANALYZE;\n")
        self.sql("\n".join(script))

    def answers(self):
        """The first step that gives access, of each question; None: no access."""
        check = CHECK.format(user="q.user_id", entity="q.entity_id")
        text = self.sql(f"SELECT coalesce(({check}), '-') FROM questions q ORDER BY number;")
        return [None if line == "-" else line for line in text.splitlines()]

    def rate(self, question, clients, seconds):
        """Questions a second: the same one, again and again."""
        file = self.folder / "check.sql"
        file.write_text(CHECK.format(user=":user", entity=":entity") + ";\n")
        file.chmod(0o644)
        text = self.run(
            "pgbench", "-M", "prepared", "-n", "-f", str(file), "-c", str(clients), "-j", "1",
            "-T", str(seconds), "-D", f"user={question[0]}", "-D", f"entity={question[1]}",
            "postgres")
        return float(re.search(r"tps = ([\d.]+)", text)[1])

    def stop(self):
        # SIGTERM would wait for clients.
        self.processes.stop(self.child, signal.SIGINT)

    def version(self):
        return self.run("postgres", "--version", server=False).split()[2]


def unprivileged():
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


def can_run():
    return os.path.exists(f"{BINARIES}/pgbench") and (os.geteuid() != 0 or unprivileged())
