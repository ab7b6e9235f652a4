import Contract
import EntitiesContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

@Suite struct PeopleTests {
    let world: World
    let ada: Caller
    let entity: Entity

    init() async throws {
        world = try World()
        ada = world.user("ada")
        entity = try await world.entity(by: ada)
    }

    private func page(
        _ filter: PeopleFilter = PeopleFilter(), after cursor: PeopleCursor = .start,
        _ size: Int = 20, by caller: Caller? = nil
    ) async throws -> PeoplePage {
        try await world.useCases.listPeople(
            of: entity.id, filter, after: cursor, size, by: caller ?? ada)
    }

    /// The names on all pages.
    private func names(_ filter: PeopleFilter = PeopleFilter(), _ size: Int = 20) async throws
        -> [String]
    {
        var names: [String] = []
        var next: PeopleCursor? = .start
        while let cursor = next {
            let page = try await page(filter, after: cursor, size)
            #expect(page.people.count <= size)
            names += page.people.map(\.user.username)
            next = page.next
        }
        return names
    }

    private func give(_ step: AccessStep, to name: String) async throws {
        let user = world.user(name)
        switch step {
        case .publisher: try await world.addPublisher(user, to: entity, by: ada)
        case .directShare: try await world.share(entity, with: name, by: ada)
        case .organizationStore:
            world.organizations.set { _ = $0.stores[entity.id, default: []].insert(user.userId) }
        case .publicStore: world.organizations.set { $0.publicEntities = [entity.id] }
        case .collaborator:
            world.collaborators.set {
                _ = $0.collaborations.insert(
                    AccessQuery(entityId: entity.id, userId: user.userId))
            }
        }
    }

    private func take(_ step: AccessStep, from name: String) async throws {
        let query = AccessQuery(entityId: entity.id, userId: "usr_\(name)")
        switch step {
        case .publisher:
            try await world.useCases.removePublisher(query.userId, from: entity.id, by: ada)
                .commit()
        case .directShare:
            let share = try world.database.read { try ShareStore.find(with: query, in: $0) }
            if let share {
                try await world.useCases.removeShare(share.id, of: entity.id, by: ada).commit()
            }
        case .organizationStore:
            world.organizations.set { _ = $0.stores[entity.id]?.remove(query.userId) }
        case .publicStore: break
        case .collaborator:
            world.collaborators.set { _ = $0.collaborations.remove(query) }
        }
    }

    @Test func `everybody with a grant is listed once, by id, with all grants`() async throws {
        try await give(.directShare, to: "bob")
        try await give(.publisher, to: "bob")
        try await give(.collaborator, to: "cyd")
        try await give(.organizationStore, to: "cyd")
        try await give(.organizationStore, to: "dan")
        try await give(.collaborator, to: "eve")
        world.user("fay")
        let page = try await page()
        #expect(page.people.map(\.user.username) == ["ada", "bob", "cyd", "dan", "eve"])
        #expect(
            page.people.map(\.via) == [
                .publisher, .publisher, .organizationStore, .organizationStore, .collaborator,
            ])
        #expect(page.next == nil && !page.isOpenToEveryone)
        for person in page.people {
            let explained = try await world.useCases.explainAccess(
                to: entity.id, of: person.user.id, by: ada)
            #expect(person.paths == explained.paths)
        }
    }

    @Test func `a public store opens the entity to everyone and lists nobody by itself`()
        async throws
    {
        try await give(.organizationStore, to: "bob")
        try await give(.publicStore, to: "cyd")
        let page = try await page()
        #expect(page.isOpenToEveryone)
        #expect(page.people.map(\.user.username) == ["ada", "bob"])
        #expect(page.people[1].paths.map(\.via) == [.organizationStore, .publicStore])
    }

    @Test(arguments: AccessStep.allCases)
    func `via lists those with a grant of that step, first or not`(via: AccessStep) async throws {
        // A publisher would get no share.
        for step in AccessStep.allCases.reversed() { try await give(step, to: "bob") }
        try await give(.directShare, to: "cyd")
        try await give(.collaborator, to: "dan")
        let expected: [AccessStep: [String]] = [
            .publisher: ["ada", "bob"], .directShare: ["bob", "cyd"],
            .organizationStore: ["bob"], .publicStore: [], .collaborator: ["bob", "dan"],
        ]
        #expect(try await names(PeopleFilter(via: via)) == expected[via])
        #expect(try await page(PeopleFilter(via: via)).isOpenToEveryone)
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `pages of any size list everybody once`(size: Int) async throws {
        var expected = ["ada"]
        for index in 0..<12 {
            let name = "p\(index + 10)"
            try await give(AccessStep.allCases[[1, 2, 4][index % 3]], to: name)
            expected.append(name)
        }
        #expect(try await names(PeopleFilter(), size) == expected)
    }

    @Test func `suspended and deleted users are left out`() async throws {
        for name in ["bob", "cyd", "dan"] { try await give(.directShare, to: name) }
        try await world.database.write {
            try SuspendedUsers.set("usr_bob", isSuspended: true, in: $0)
        }
        world.directory.remove("usr_cyd")
        #expect(try await names(PeopleFilter(), 2) == ["ada", "dan"])
        try await world.database.write {
            try SuspendedUsers.set("usr_bob", isSuspended: false, in: $0)
        }
        #expect(try await names() == ["ada", "bob", "dan"])
    }

    @Test func `a search compares address, username and display name by folded text`()
        async throws
    {
        for name in ["bob", "cyd", "dan"] { try await give(.directShare, to: name) }
        world.directory.rename("usr_cyd", to: "cyd", displayName: "Straße")
        world.directory.change("usr_dan", email: "boss@example.org")
        func search(_ text: String) async throws -> [String] {
            try await names(PeopleFilter(search: text), 1)
        }
        #expect(try await search("STRASSE") == ["cyd"])
        #expect(try await search("Bo") == ["bob", "dan"])
        #expect(try await search("example.org") == ["dan"])
        #expect(try await search("nobody") == [])
    }

    @Test func `a search goes through a bounded number of people in one request`() async throws {
        world.organizations.set { state in
            state.stores[entity.id] = Set((0..<12_000).map { "usr_p\(100_000 + $0)" })
        }
        try await give(.collaborator, to: "zoe")
        world.organizations.set { $0.stores[entity.id]?.insert("usr_zoe") }
        let first = try await page(PeopleFilter(search: "zoe"))
        #expect(first.people.isEmpty)
        let next = try #require(first.next)
        let second = try await page(PeopleFilter(search: "zoe"), after: next)
        #expect(second.people.map(\.user.username) == ["zoe"] && second.next == nil)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `whoever has access throughout is on one of the pages, whatever changes between them`(
        seed: UInt64
    ) async throws {
        let random = SeededRandom(seed: seed)
        let steps: [AccessStep] = [.publisher, .directShare, .organizationStore, .collaborator]
        var grants: [String: Set<AccessStep>] = [:]
        for index in 0..<24 {
            let name = "p\(index + 10)"
            let step = steps[random.below(4)]
            try await give(step, to: name)
            grants[name] = [step]
        }
        var steady = Set(grants.keys)
        var seen: [String] = []
        var next: PeopleCursor? = .start
        while let cursor = next {
            let page = try await page(after: cursor, 1 + random.below(5))
            seen += page.people.map(\.user.username)
            next = page.next
            for _ in 0..<6 {
                let name = "p\(random.below(30) + 10)"
                let step = steps[random.below(4)]
                if grants[name]?.contains(step) == true {
                    try await take(step, from: name)
                    grants[name]?.remove(step)
                    if grants[name]?.isEmpty == true { steady.remove(name) }
                } else {
                    try await give(step, to: name)
                    grants[name, default: []].insert(step)
                }
            }
        }
        #expect(steady.subtracting(seen).isEmpty && !steady.isEmpty)
        #expect(seen == Set(seen).sorted())
    }

    @Test func `a user whose grant is replaced by another meanwhile is listed`() async throws {
        try await give(.organizationStore, to: "bob")
        let query = AccessQuery(entityId: entity.id, userId: "usr_bob")
        // Right before the explanation, which then finds no store.
        world.organizations.set { state in
            state.beforeGrants = { [world] in
                world.collaborators.set { _ = $0.collaborations.insert(query) }
                return { $0.stores = [:] }
            }
        }
        #expect(try await names() == ["ada", "bob"])
    }

    @Test func `access that can't be determined is no list`() async throws {
        try await give(.directShare, to: "bob")
        world.collaborators.set { $0.isDown = true }
        #expect(await fault { try await page() }?.code == "access_unknown")
        world.collaborators.set { $0.isDown = false }
        world.organizations.set { $0.isDown = true }
        #expect(await fault { try await page() }?.code == "access_unknown")
    }

    // MARK: Cursors

    @Test func `a cursor is read as it was written`() throws {
        let cursor = PeopleCursor(after: "usr_01M7YT9ZHG03RWMAMRKZ5XW0YM")
        #expect(try PeopleCursor(text: cursor.text) == cursor)
        #expect(try PeopleCursor(text: nil) == .start)
    }

    @Test(arguments: [
        "", "x", "!", "usr_01M7YT9ZHG03RWMAMRKZ5XW0YM", Base64URL.encode(Array("after ".utf8)),
        Base64URL.encode(Array("after ent_1".utf8)), Base64URL.encode(Array("before usr_1".utf8)),
        Base64URL.encode(Array("after usr_1 2".utf8)), Base64URL.encode(Array("after usr_é".utf8)),
        Base64URL.encode(Array(("after usr_" + String(repeating: "1", count: 300)).utf8)),
        PeopleCursor(after: "usr_1").text + "=",
    ])
    func `any other text is no cursor`(text: String) {
        let refused = fault { try PeopleCursor(text: text) }
        #expect(refused?.fields.map(\.pointer) == ["/cursor"])
    }
}
