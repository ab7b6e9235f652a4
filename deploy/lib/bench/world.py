"""The data of the access checks, and questions about it: the same for all that are compared."""

import random

MANY = ("01", 10_000, 1_000, 100_000)
FEW = ("03", 200, 20, 400)
QUESTIONS = 20_000


class Part:
    """Users, each in three organizations; entities, each with a publisher and in a store, a tenth
    of them in a public one; shares and collaborators by chance, `each` for an entity. Ids begin
    with a mark."""

    def __init__(self, mark, users, organizations, entities, each=0, seed=18):
        chance = random.Random(seed)
        self.mark = mark
        self.users = [self.id("usr", i) for i in range(users)]
        self.organizations = [self.id("org", i) for i in range(organizations)]
        self.entities = [self.id("ent", i) for i in range(entities)]
        self.publishers = [(self.users[i % users], entity)
                           for i, entity in enumerate(self.entities)]
        self.memberships = [(user, self.organizations[(i * 7 + k * 331) % organizations])
                            for i, user in enumerate(self.users) for k in range(3)]
        self.publications = [(entity, self.organizations[i % organizations], i % 10 == 5)
                             for i, entity in enumerate(self.entities)]
        self.shares, self.collaborators = (
            sorted({(chance.choice(self.users), entity)
                    for entity in self.entities for _ in range(each)}) for _ in range(2))

    def id(self, kind, number):
        return f"{kind}_{self.mark}{number:024}"

    def questions(self, count, seed=7):
        """Pairs of user and entity: half of them any, the others with a grant of each kind."""
        chance = random.Random(seed)
        members = {}
        for user, organization in self.memberships:
            members.setdefault(organization, []).append(user)

        def of_store():
            entity, organization, _ = chance.choice(self.publications)
            return chance.choice(members[organization]), entity

        granted = (lambda: chance.choice(self.publishers), lambda: chance.choice(self.shares),
                   lambda: chance.choice(self.collaborators), of_store)
        return [chance.choice(granted)() if i % 2 else
                (chance.choice(self.users), chance.choice(self.entities)) for i in range(count)]


class World:
    """Many, so that databases have a realistic size; and a few, about which all are asked."""

    def __init__(self):
        self.many, self.few = Part(*MANY), Part(*FEW, each=2)
        self.parts = (self.many, self.few)
        self.questions = self.few.questions(QUESTIONS)

    def rows(self, table):
        return [row for part in self.parts for row in getattr(part, table)]

    def fill(self, latchkey):
        """Fills the databases of running services, which are restarted. The platform admin
        publishes 250 entities and belongs to ten organizations."""
        admin = latchkey.call("GET", "/api/me")["id"]
        latchkey.stop()
        latchkey.insert_users((user, user[-26:].lower()) for user in self.rows("users"))
        self.fill_entities(latchkey, admin)
        self.fill_organizations(latchkey, admin)
        latchkey.insert(
            "invitations",
            "INSERT INTO collaborators VALUES (?, ?, 'collaborator', 'usr_bench', 0)",
            self.rows("collaborators"))
        latchkey.start()

    def fill_entities(self, latchkey, admin):
        publishers = self.rows("publishers") + [(admin, each) for each in self.many.entities[:250]]
        latchkey.insert(
            "entities", "INSERT INTO entities (id, name, slug, type, owner_id, created_at,"
            " updated_at, search_text) VALUES (?2, 'Bench', 'bench-' || ?2, 'app', ?1, 0, 0,"
            " 'bench')", self.rows("publishers"))
        latchkey.insert(
            "entities", "INSERT INTO publishers (user_id, entity_id, added_by, added_at)"
            " VALUES (?1, ?2, ?1, 0)", publishers)
        latchkey.insert(
            "entities", "INSERT INTO shares VALUES (?, ?, ?, 'usr_bench', 0)",
            ((f"shr_03{i:024}", entity, user)
             for i, (user, entity) in enumerate(self.rows("shares"))))

    def fill_organizations(self, latchkey, admin):
        latchkey.insert(
            "organizations", "INSERT INTO organizations (id, name, slug, created_at, search_text,"
            " npm_registry_key) VALUES (?1, 'Bench', 'bench-' || ?1, 0, 'bench', x'00')",
            ((each,) for each in self.rows("organizations")))
        latchkey.insert(
            "organizations",
            "INSERT INTO roles VALUES (?, ?, 'owner', 'owner', 'owner', '[\"*\"]')",
            (("rol" + each[3:], each) for each in self.rows("organizations")))
        latchkey.insert(
            "organizations", "INSERT INTO memberships VALUES (?, ?, ?, ?, 0)",
            ((user, organization, f"mem_03{i:024}", "rol" + organization[3:])
             for i, (user, organization) in enumerate(
                 self.rows("memberships")
                 + [(admin, each) for each in self.many.organizations[:10]])))
        latchkey.insert(
            "organizations",
            "INSERT INTO publications VALUES (?1, ?2, 'pub' || substr(?1, 4), 'app', ?3,"
            " 'usr_bench', 0, 0)", self.rows("publications"))

    def by_access(self, count):
        """Entities of `many` by how the admin has access: as a publisher, by a store, by a public
        store, and not at all; `count` of each."""
        found = {"publisher": self.many.entities[:count],
                 "organization_store": [], "public_store": [], None: []}
        theirs = set(self.many.organizations[:10])
        for entity, organization, is_public in self.many.publications[1_000:]:
            if organization in theirs:
                if not is_public:
                    found["organization_store"].append(entity)
            else:
                found["public_store" if is_public else None].append(entity)
        return {step: entities[:count] for step, entities in found.items()}
