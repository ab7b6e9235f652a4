"""A large data set, written straight into the databases of stopped services. Ids and what belongs
to whom follow from a row's number; some have much more than the others."""

import contextlib
import math
import sqlite3

import kept_counts

WORDS = ("alpha amber anchor arrow atlas autumn basil beacon birch bridge canyon carbon cedar"
         " cobalt comet copper coral crystal delta dune echo ember falcon fern flint forest garnet"
         " glacier granite harbor hazel horizon indigo iris jasper juniper kestrel lagoon lantern"
         " lark lilac linen lotus maple marble meadow mesa mint nectar nimbus ocean olive onyx opal"
         " orchid pearl pine quartz raven reef saffron slate").split()
# The beginning of 2026, and what lies between two rows, in milliseconds.
BEGIN, STEP = 1_767_225_600_000, 1_000


def numbered(kind, number):
    """The id of a row, as SQL."""
    return f"printf('{kind}_04%024d', {number})"


def named(kind, number):
    """The same in Python."""
    return f"{kind}_04{number:024}"


def at(number):
    return f"{BEGIN} + ({number}) * {STEP}"


def words(number):
    """Three words."""
    each = (f"(SELECT word FROM words WHERE place = ({number}) / {step} % {len(WORDS)})"
            for step in (1, len(WORDS), len(WORDS) ** 2))
    return " || ' ' || ".join(each)


def rows(count):
    """Numbers from 0, as a table `n` with a column `i`."""
    return (f"(WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT {int(count)})"
            " SELECT i FROM n)")


def total(db, table, column, parts, holder, condition="1"):
    """Sets the column of a table that says how many rows another has for each of its own."""
    db.execute(f"UPDATE {table} SET {column} = parts.number FROM (SELECT {holder} AS holder,"
               f" count(*) AS number FROM {parts} WHERE {condition} GROUP BY 1) parts"
               f" WHERE {table}.id = parts.holder")


class Data:
    """Users 0 to 9 and things 0 to 9 have most of what one can have."""

    def __init__(self, scale):
        def scaled(number):
            return max(int(number * scale), 100)

        self.users, self.entities, self.organizations = map(scaled, (1_000_000, 1_000_000, 100_000))
        self.shares, self.most = scaled(10_000_000), scaled(100_000)
        # What a quota bounds at 10,000 by default.
        self.some = max(self.most // 10, 100)
        self.average = self.users // 2 + 3
        while math.gcd(self.average, 10) != 1:
            self.average += 1
        self.workspace, self.webhook = f"01940000-0000-7000-8000-{0:012}", named("whk", 0)
        # Shares spread over this many users, so that no pair of user and entity comes twice.
        self.spread = next(n for n in range(self.users - 20, 0, -1)
                           if math.gcd(n, self.entities * 104_729) == 1)

    def fill(self, latchkey, admin):
        self.admin = admin
        for name in ("gateway", "organizations", "entities", "integrations", "invitations"):
            with bulk(latchkey.data / f"{name}.sqlite") as db:
                getattr(self, f"fill_{name}")(db)

    # MARK: Gateway

    def fill_gateway(self, db):
        db.execute(f"""
            INSERT INTO users (id, email, username, display_name, role, created_at, search_text)
            SELECT {numbered('usr', 'i')}, 'u' || i || '@example.com', 'u' || i, name, 'member',
                {at('i')}, 'u' || i || '@example.com' || char(10) || 'u' || i || char(10) || name
            FROM (SELECT i, {words('i')} AS name FROM {rows(self.users)})""")
        # Tokens of one user, and of a tenth of all others.
        db.execute(f"""
            INSERT INTO tokens (id, user_id, digest, name, prefix, scopes, read_only, created_at,
                is_session)
            SELECT {numbered('tok', 'i')}, {numbered('usr', f'iif(i < {self.some}, 0, i)')},
                CAST(printf('%032d', i) AS BLOB), 'Token', 'sk_live_0000', '["*"]', 0, {at('i')}, 0
            FROM {rows(self.users / 10)}""")
        self.audit(db, self.most, "token.created", "token", "tok", None)

    # MARK: Organizations

    def organizations_table(self, db):
        key = db.execute("SELECT x'00'").fetchone()[0]
        db.execute(f"""
            INSERT INTO organizations (id, name, slug, created_at, search_text, npm_registry_key,
                created_by)
            SELECT {numbered('org', 'i')}, name, 'o' || i, {at('i')}, name || char(10) || 'o' || i,
                ?, {numbered('usr', f'iif(i < {self.some / 10}, 4, i)')}
            FROM (SELECT i, {words('i')} AS name FROM {rows(self.organizations)})""", (key,))
        for place, (role, scopes) in enumerate((
                ("owner", '["*"]'), ("admin", '["*"]'), ("member", '["entities:share"]'))):
            db.execute(f"""
                INSERT INTO roles
                SELECT {numbered('rol', f'i * 3 + {place}')}, {numbered('org', 'i')}, '{role}',
                    '{role}', '{role}', '{scopes}'
                FROM {rows(self.organizations)}""")

    def fill_organizations(self, db):
        self.organizations_table(db)
        member = f"""
            INSERT OR IGNORE INTO memberships
            SELECT {numbered('usr', 'user')}, {numbered('org', 'organization')},
                {numbered('mem', 'number')}, {numbered('rol', 'organization * 3 + role')},
                {at('number')}
            FROM """
        # An owner of each; a thousand organizations of one user; one with most members; all others
        # are in two.
        db.execute(f"""{member} (SELECT 10 + i AS user, i AS organization, i AS number, 0 AS role
            FROM {rows(self.organizations)})""")
        db.execute(f"""{member} (SELECT 4 AS user, i AS organization, 1000000 + i AS number,
            0 AS role FROM {rows(self.some / 10)})""")
        db.execute(f"""{member} (SELECT 5 + i AS user, 0 AS organization, 2000000 + i AS number,
            2 AS role FROM {rows(self.most)} WHERE i = 0 OR i > 4)""")
        for turn in (1, 2):
            db.execute(f"""{member} (
                SELECT i + 10 AS user, (i * 7 + {turn * 331}) % {self.organizations}
                    AS organization, {2 + turn}000000 + i AS number, 2 AS role
                FROM {rows(self.users - 10)})""")
        self.publications(db)
        total(db, "organizations", "member_count", "memberships", "organization_id")
        total(db, "organizations", "public_count", "publications", "organization_id", "is_public")
        self.audit(db, self.most, "member.added", "member", "mem", numbered("org", "i % 100"))

    def publications(self, db):
        """A quarter of the entities is in a store, a twentieth in a public one; one store has as
        many as the quota allows."""
        db.execute(f"""
            INSERT OR IGNORE INTO publications
            SELECT {numbered('ent', 'entity')}, {numbered('org', 'organization')},
                {numbered('pub', 'number')}, {self.type('entity')}, entity % 20 = 0,
                {numbered('usr', '0')}, {at('number')}, {at('number')}
            FROM (SELECT i * 4 AS entity, (i * 13) % {self.organizations} AS organization,
                    i AS number FROM {rows(self.entities / 4)}
                UNION ALL
                SELECT i * 100 + 1, 0, 1000000 + i FROM {rows(self.some)})""")
        db.execute(f"""
            INSERT INTO entity_names
            SELECT DISTINCT entity_id, 'Thing', 0 FROM publications ORDER BY 1""")
        db.execute("""
            INSERT INTO store_changes
            SELECT organization_id, entity_id,
                row_number() OVER (ORDER BY organization_id, entity_id) FROM publications""")
        db.execute("UPDATE store_mark SET version = (SELECT count(*) FROM store_changes)")
        self.mark = db.execute("SELECT epoch, version FROM store_mark").fetchone()
        self.stores = db.execute(
            "SELECT organization_id, entity_id, is_public FROM publications ORDER BY 1, 2"
        ).fetchall()

    # MARK: Entities

    def type(self, number):
        return (f"CASE ({number}) % 3 WHEN 0 THEN 'app' WHEN 1 THEN 'service'"
                " ELSE 'chat_extension' END")

    def owner(self, number):
        """Users 0 and 1 own a tenth of all each."""
        return (f"CASE ({number}) % 10 WHEN 3 THEN 0 WHEN 7 THEN 1"
                f" ELSE 10 + ({number}) * 31 % {self.users - 10} END")

    def owner_of(self, number):
        """The same in Python."""
        return {3: 0, 7: 1}.get(number % 10, 10 + number * 31 % (self.users - 10))

    def entities_table(self, db):
        db.execute(f"""
            INSERT INTO entities (id, name, slug, type, description, organization_id, owner_id,
                created_at, updated_at, search_text, created_by, is_public)
            SELECT {numbered('ent', 'i')}, name, 'e' || i, {self.type('i')}, 'What it is for',
                iif(i % 4 = 0, {numbered('org', f'(i / 4 * 13) % {self.organizations}')}, NULL),
                {numbered('usr', self.owner('i'))}, {at('i')}, {at('i')},
                name || char(10) || 'e' || i, {numbered('usr', self.owner('i'))}, i % 20 = 0
            FROM (SELECT i, {words('i')} AS name FROM {rows(self.entities)})""")
        db.execute("DELETE FROM public_counts")
        db.execute("INSERT INTO public_counts SELECT type, count(*) FROM entities"
                   " WHERE is_public = 1 GROUP BY type")
        db.execute("DELETE FROM store_mark")
        db.execute("INSERT INTO store_mark VALUES (1, ?, ?)", self.mark)
        db.executemany("INSERT INTO store_entities SELECT ?1, id, is_public, type, ?3, search_text"
                       " FROM entities WHERE id = ?2", self.stores)
        db.execute("INSERT OR IGNORE INTO publishers (user_id, entity_id, added_by, added_at)"
                   " SELECT owner_id, id, owner_id, created_at FROM entities ORDER BY 1, 2")
        db.execute(f"""
            INSERT OR IGNORE INTO publishers (user_id, entity_id, added_by, added_at)
            SELECT {numbered('usr', 'i + 10')}, {numbered('ent', '14')}, {numbered('usr', '0')},
                {at('i')} FROM {rows(self.some / 10)}""")

    def fill_entities(self, db):
        self.entities_table(db)
        # Three entities with most shares; two users with most; all others by chance.
        db.execute(f"""
            INSERT OR IGNORE INTO shares
            SELECT {numbered('shr', 'row_number() OVER ()')}, {numbered('ent', 'entity')},
                {numbered('usr', 'user')},
                {numbered('usr', f"iif(number % 10 = 0, {self.owner('entity')}, entity + 10)")},
                {at('number')}
            FROM (
                SELECT i / {self.most} + 11 AS entity, 10 + i % {self.most} AS user, i AS number
                FROM {rows(self.most * 3)}
                UNION ALL
                SELECT i % {self.most} * 10 + 1, i / {self.most} + 2, i FROM {rows(self.most * 2)}
                UNION ALL
                SELECT i * 7919 % {self.entities}, 10 + i * 104729 % {self.spread}, i
                FROM {rows(self.shares - self.most * 5)}
            )""")
        db.execute("INSERT OR IGNORE INTO grants SELECT user_id, entity_id, 'publisher'"
                   " FROM publishers")
        db.execute("INSERT OR IGNORE INTO grants SELECT user_id, entity_id, 'direct_share'"
                   " FROM shares ORDER BY user_id, entity_id")
        self.copy_long(db)
        db.execute(f"""
            INSERT INTO versions (id, entity_id, version, precedence, package_url, sha256,
                published_by, created_at)
            SELECT {numbered('ver', 'i')}, {numbered('ent', f'iif(i < {self.some}, 11, i)')},
                '1.0.' || i, '1.0.' || i, 'https://example.com/package', '{"0" * 64}',
                {numbered('usr', '0')}, {at('i')}
            FROM {rows(self.entities / 5)}""")
        db.execute(f"""
            INSERT OR IGNORE INTO installations
            SELECT {numbered('usr', f'iif(i < {self.some}, 0, i)')},
                {numbered('ent', 'i * 10 + 3')}, NULL, {at('i')} FROM {rows(self.entities / 10)}""")
        self.audit(db, self.most * 3, "share.created", "share", "shr",
                   numbered("ent", "iif(i % 3 = 0, 11, i % 1000)"))

    def copy_long(self, db):
        """What triggers copy of those who have more than a part of a long list."""
        def many(table, holder):
            return (f"FROM {table} r CROSS JOIN entities e ON e.id = r.entity_id WHERE r.{holder}"
                    f" IN (SELECT {holder} FROM {table} GROUP BY 1 HAVING count(*) > 1000)")
        db.execute("INSERT INTO long_grants SELECT r.user_id, r.entity_id, e.type, e.is_public "
                   + many("grants", "user_id"))
        for side, holder in (("received", "user_id"), ("given", "created_by")):
            db.execute(f"INSERT INTO long_shares SELECT r.{holder}, '{side}', r.id, e.type "
                       + many("shares", holder))

    def audit(self, db, count, action, kind, prefix, about):
        """Entries, a third of them by one user."""
        db.execute(f"""
            INSERT INTO audit (id, at, actor_id, action, subject_type, subject_id, about, after,
                request_id)
            SELECT {numbered('evt', 'i')}, {at('i')}, {numbered('usr', 'iif(i % 3 = 0, 0, i)')},
                '{action}', '{kind}', {numbered(prefix, 'i')}, {about or 'NULL'},
                '{{"createdBy":"usr_0400000000000000000000000"}}', 'request'
            FROM {rows(count)}""")

    # MARK: Integrations

    def fill_integrations(self, db):
        db.execute(f"""
            INSERT INTO teams (id, name, created_at, search_text, created_by)
            SELECT 't' || i, name, {at('i')}, name || char(10) || 't' || i, {numbered('usr', 'i')}
            FROM (SELECT i, {words('i')} AS name FROM {rows(self.some * 2)})""")
        db.execute(f"""
            INSERT OR IGNORE INTO team_members
            SELECT {numbered('usr', 'user')}, 't' || team, iif(i = 0, 'admin', 'member'), {at('i')}
            FROM (SELECT i AS user, 0 AS team, i FROM {rows(self.some)}
                UNION ALL SELECT 8, i, i FROM {rows(self.some / 10)}
                UNION ALL SELECT i * 3 + 10, i % {self.some * 2}, i FROM {rows(self.most)})""")
        total(db, "teams", "member_count", "team_members", "team_id")
        db.execute(f"""
            INSERT INTO integrations (id, slug, name, owner, created_at, updated_at, search_text,
                created_by)
            SELECT {numbered('int', 'i')}, 'i' || i, name,
                {numbered('usr', f'iif(i < {self.some}, 0, i)')}, {at('i')}, {at('i')},
                name || char(10) || 'i' || i, {numbered('usr', 'i')}
            FROM (SELECT i, {words('i')} AS name FROM {rows(self.some * 5)})""")
        db.execute(f"""
            INSERT OR IGNORE INTO shares (principal, integration_id, id, access_level, created_at,
                updated_at)
            SELECT {numbered('usr', 'user')}, {numbered('int', 'integration')},
                {numbered('shr', 'row_number() OVER ()')}, 1, {at('i')}, {at('i')}
            FROM (SELECT i + 10 AS user, 11 AS integration, i FROM {rows(self.some)}
                UNION ALL SELECT 2, i * 5, i FROM {rows(self.some)}
                UNION ALL SELECT i * 7, i * 3 % {self.some * 5}, i FROM {rows(self.most)})""")
        total(db, "integrations", "share_count", "shares", "integration_id")
        self.audit(db, self.some * 5, "integration.created", "integration", "int",
                   numbered("int", "i % 100"))

    # MARK: Invitations

    def fill_invitations(self, db):
        db.execute(f"""
            INSERT INTO known_entities (id, name, named_at, owner_id, owned_at)
            SELECT {numbered('ent', 'i')}, 'Thing', 0, {numbered('usr', self.owner('i'))}, 0
            FROM {rows(self.entities)}""")
        self.invited(db)
        self.workspaces(db)
        self.feed(db)
        self.audit(db, self.most, "invitation.created", "invitation", "inv",
                   numbered("ent", "iif(i % 3 = 0, 11, i)"))

    def invited(self, db):
        db.execute(f"""
            INSERT INTO invitations (id, entity_id, email, role, status, invited_by, days,
                expires_at, created_at, email_status)
            SELECT {numbered('inv', 'i')}, {numbered('ent', 'entity')},
                'u' || user || '@example.com', 'collaborator',
                iif(i % 10 = 0, 'expired', iif(i % 10 = 1, 'revoked', 'accepted')),
                {numbered('usr', self.owner('entity'))}, 7, {at('i')}, {at('i')}, 'sent'
            FROM (SELECT 13 AS entity, 10 + i AS user, i FROM {rows(self.some * 2)}
                UNION ALL SELECT i * 10 + 1, 5, {self.most} + i FROM {rows(self.some)}
                UNION ALL SELECT i * 7 % {self.entities}, i, {self.most * 2} + i
                FROM {rows(self.most * 2)})""")
        db.execute(f"""
            INSERT OR IGNORE INTO collaborators
            SELECT {numbered('usr', 'user')}, {numbered('ent', 'entity')}, 'collaborator',
                {numbered('usr', '0')}, {at('i')}
            FROM (SELECT 10 + i AS user, 13 AS entity, i FROM {rows(self.some / 10)}
                UNION ALL SELECT 6, i * 10 + 1, i FROM {rows(self.some)}
                UNION ALL SELECT i * 3 % {self.users}, i * 7 % {self.entities}, i
                FROM {rows(self.most * 3)})""")

    def workspaces(self, db):
        def uuid(number):
            return f"printf('01940000-0000-7000-8000-%012d', {number})"
        db.execute(f"""
            INSERT INTO workspaces (id, name, created_at, created_by)
            SELECT {uuid('i')}, 'Workspace ' || i, {at('i')}, {numbered('usr', 'i')}
            FROM {rows(self.most)}""")
        db.execute(f"""
            INSERT OR IGNORE INTO workspace_members
            SELECT {numbered('usr', 'user')}, {uuid('workspace')}, permissions, {at('i')}
            FROM (SELECT i AS user, i AS workspace, 'owner' AS permissions, i
                FROM {rows(self.most)}
                UNION ALL SELECT 7, i, 'read', i FROM {rows(self.some)}
                UNION ALL SELECT i + 10, 0, 'read', i FROM {rows(self.some / 10)})""")
        db.execute(f"""
            INSERT INTO workspace_invitations (id, workspace_id, email, permissions, status,
                invited_by, expires_at, created_at, sent_at, name_at_end, email_status)
            SELECT {uuid('i')}, {uuid('i')}, 'u' || iif(i < {self.some}, 5, i) || '@example.com',
                'read', 'rejected', {numbered('usr', 'i')}, {at('i')}, {at('i')}, {at('i')},
                'Workspace', 'sent'
            FROM {rows(self.most)}""")

    def feed(self, db):
        db.execute(f"""
            INSERT INTO events (id, type, subject_type, subject_id, parent_type, parent_id,
                actor_id, recipient, organization_id, created_at, stored_at, data)
            SELECT {numbered('evt', 'i')},
                iif(i % 1000 = 0, 'entity.deleted', 'share.created'), 'share',
                {numbered('shr', 'i')}, 'entity', {numbered('ent', 'iif(i % 10 = 0, 11, i)')}, {numbered('usr', 'i')},
                {numbered('usr', 'iif(i % 4 = 0, 0, i % 1000)')},
                iif(i % 5 = 0, {numbered('org', '0')}, NULL), now + i, now + i,
                '{{"before":null,"after":null}}'
            FROM {rows(self.most * 5)}, (SELECT unixepoch() * 1000 - 86400000 AS now)""")
        db.execute(f"""
            INSERT INTO webhooks (id, owner_id, url, events, is_enabled, created_at, delivered)
            VALUES (?, ?, 'https://example.com/hook', '["share.*"]', 1, 0, ?)""",
                   (self.webhook, named("usr", 0), self.most))
        db.execute(f"""
            INSERT INTO deliveries (webhook_id, event_number, event_id, type, subject_id, status,
                attempts, created_at, delivered_at)
            SELECT '{self.webhook}', number, id, type, subject_id, 'delivered', 1, created_at,
                created_at FROM events WHERE number <= {self.most}""")


@contextlib.contextmanager
def bulk(path):
    """A database whose indexes are made after its rows, and whose triggers only afterwards."""
    with sqlite3.connect(path, isolation_level=None) as db:
        for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -3000000",
                        "locking_mode = EXCLUSIVE", "foreign_keys = OFF"):
            db.execute(f"PRAGMA {setting}")
        made = db.execute("SELECT type, name, sql FROM sqlite_schema"
                          " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL").fetchall()
        for kind, name, _ in made:
            db.execute(f"DROP {kind} {name}")
        db.execute("BEGIN")
        db.execute("CREATE TEMP TABLE words (place INTEGER PRIMARY KEY, word TEXT)")
        db.executemany("INSERT INTO words VALUES (?, ?)", enumerate(WORDS))
        yield db
        texts = {kind: [sql for each, _, sql in made if each == kind]
                 for kind in ("index", "trigger")}
        for sql in texts["index"]:
            db.execute(sql)
        kept_counts.count(db, texts["trigger"])
        for sql in texts["trigger"]:
            db.execute(sql)
        db.execute("COMMIT")
    db.close()
