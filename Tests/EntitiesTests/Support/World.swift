import EntitiesContract
import Kernel
import SQLite
import TestSupport
import WriteKit

@testable import Entities

/// The use cases over a real database in a temporary folder, with fakes of the other services.
/// Every statement that would scan a table fails. The folder is deleted with the object.
final class World: TestWorld {
    let clock = FakeClock()
    let directory = FakeDirectory()
    let organizations = FakeOrganizations()
    let collaborators = FakeCollaborators()
    let database: Database
    let useCases: EntitiesUseCases
    private let folder: TemporaryFolder

    /// - Parameter jobRows: how many rows a transaction of a job touches.
    init(seed: UInt64 = 1, jobRows: Int = jobSliceRows) throws {
        folder = try TemporaryFolder()
        database = try Database(
            path: folder.path + "/entities.sqlite", migrations: entitiesMigrations, readers: 0,
            clock: clock, options: .forUseCases())
        useCases = EntitiesUseCases(
            database: database, ids: IDMinter(clock: clock, random: SeededRandom(seed: seed)),
            directory: directory, organizations: organizations, collaborators: collaborators,
            listeners: ["organizations"], jobRows: jobRows)
    }

    deinit { database.close() }

    func advanceJob(in tx: Transaction) throws -> Bool { try useCases.jobs.advance(in: tx) }

    func email(_ name: String) -> String { "\(name)@example.com" }

    var now: Timestamp { clock.now() }

    @discardableResult
    func entity(
        _ name: String = "Deploy Bot", by owner: Caller, type: String = "app", slug: String? = nil
    ) async throws -> Entity {
        later()
        return try await useCases.createEntity(
            try EntityDraft(name: name, type: type, slug: slug), by: owner
        ).commit()
    }

    @discardableResult
    func share(
        _ entity: Entity, with names: String..., by caller: Caller
    ) async throws -> ShareOutcome {
        later()
        return try await useCases.shareEntity(
            entity.id, with: try Addressees(names.map(email)), by: caller
        ).commit()
    }

    @discardableResult
    func publish(
        _ version: String, of entity: Entity, by caller: Caller, backport: Bool = false
    ) async throws -> Version {
        later()
        return try await useCases.pushVersion(
            try draft(version, backport: backport), of: entity.id, by: caller
        ).commit()
    }

    func addPublisher(_ user: Caller, to entity: Entity, by caller: Caller) async throws {
        later()
        _ = try await useCases.addPublisher(user.userId, to: entity.id, by: caller).commit()
    }

    func publisherIds(of entity: Entity) throws -> [String] {
        try database.read { reader in
            try PublisherStore.page(of: entity.id, PageRequest(size: 100), in: reader)
        }.items.map(\.userId)
    }

    /// The first local step.
    func step(of user: Caller, to entity: Entity) throws -> AccessStep? {
        let query = AccessQuery(entityId: entity.id, userId: user.userId)
        return try database.read { try GrantStore.step(of: query, in: $0) }
    }
}

func draft(_ version: String, backport: Bool = false) throws -> VersionDraft {
    try VersionDraft(
        version: version, packageUrl: "https://packages.example/p.tgz",
        sha256: String(repeating: "a", count: 64), isBackport: backport)
}
