import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import WriteKit

@testable import Organizations

/// The use cases over a real database in a temporary folder, with scripted neighbours.
/// Every statement that would scan a table fails.
final class World: TestWorld {
    let clock = FakeClock()
    let directory = FakeDirectory()
    let entities: FakeEntities
    let storage = FakeStorage()
    let database: Database
    let useCases: OrganizationsUseCases
    let folder: TemporaryFolder
    /// Of what answers to other services depend on.
    let changes = RecordedChanges()

    /// - Parameters:
    ///   - jobRows: the rows that a job deletes in one transaction.
    ///   - gate: confirms commits; nil: they need no confirmation.
    init(
        seed: UInt64 = 1, jobRows: Int = jobSliceRows, gate: (any CommitGate)? = nil
    ) throws {
        folder = try TemporaryFolder()
        var options = DatabaseOptions.forUseCases(smallTables: ["store_mark"])
        options.watch = TableWatch(LeasedFacts.tables, changes)
        options.gate = gate
        database = try Database(
            path: folder.path + "/organizations.sqlite", migrations: organizationsMigrations,
            readers: 0, clock: clock, options: options)
        let random = SeededRandom(seed: seed)
        let ids = IDMinter(clock: clock, random: random)
        entities = FakeEntities(ids: ids, clock: clock)
        useCases = OrganizationsUseCases(
            database: database, ids: ids, random: random,
            vault: Vault(SecretList([UInt8](repeating: 7, count: 32)), random: random),
            directory: directory, entities: entities, storage: storage, listeners: ["entities"],
            jobRows: jobRows)
    }

    deinit { database.close() }

    func advanceJob(in tx: Transaction) throws -> Bool { try useCases.jobs.advance(in: tx) }

    @discardableResult
    func organization(
        _ name: String = "Acme", by owner: Caller, slug: String? = nil
    ) async throws -> Organization {
        later()
        return try await useCases.createOrganization(
            try OrganizationDraft(name: name, slug: slug), by: owner
        ).commit().organization
    }

    /// Makes `user` a member.
    @discardableResult
    func join(
        _ user: Caller, _ organization: Organization, as role: String = "member",
        by caller: Caller
    ) async throws -> Membership {
        later()
        return try await useCases.addMember(
            .userId(user.userId), as: role, to: organization.id, by: caller
        ).commit().membership
    }

    /// Changes a member's role.
    @discardableResult
    func give(
        _ role: String, to user: Caller, in organization: Organization, by caller: Caller
    ) async throws -> Membership {
        later()
        return try await useCases.changeMember(
            user.userId, of: organization.id, to: role, by: caller
        ).commit().membership
    }

    func remove(
        _ user: Caller, from organization: Organization, by caller: Caller
    ) async throws {
        later()
        try await useCases.removeMember(user.userId, of: organization.id, by: caller).commit()
    }

    @discardableResult
    func role(
        _ name: String, _ scopes: [String], in organization: Organization, by caller: Caller
    ) async throws -> Role {
        later()
        return try await useCases.createRole(
            try RoleDraft(name: name, scopes: scopes), in: organization.id, by: caller
        ).commit()
    }

    @discardableResult
    func publish(
        _ entityId: String, publicly isPublic: Bool = false, to organization: Organization,
        by caller: Caller
    ) async throws -> Publication {
        later()
        return try await useCases.publish(
            entityId, publicly: isPublic, to: organization.id, by: caller
        ).commit()
    }

    /// What another context makes of the replies: the entities that stores open to a user as a
    /// member, and those that they open to everybody.
    func opened(
        to userId: String
    ) async throws -> (organizationStores: [String], publicStores: [String]) {
        var (contents, mark): ([String: [String: Bool]], StoreMark?) = ([:], nil)
        while true {
            let reply = try await useCases.storeEntities(.init(userId: userId, since: mark))
            for change in reply.changes {
                contents[change.organizationId, default: [:]][change.entityId] = change.isPublic
            }
            mark = reply.mark
            guard reply.isComplete else { continue }
            let mine = Set(reply.organizationIds.flatMap { (contents[$0] ?? [:]).keys })
            let open = contents.filter { !reply.closing.contains($0.key) }.values.flatMap { store in
                store.filter(\.value).keys
            }
            return (mine.sorted(), Set(open).sorted())
        }
    }

    /// All members: user id → role name.
    func roles(of organization: Organization) throws -> [String: String] {
        let members = try database.read {
            try MembershipStore.first(1_000, of: organization.id, in: $0)
        }
        return Dictionary(members.map { ($0.userId, $0.role.name) }) { first, _ in first }
    }

    func find(_ reference: String) throws -> Organization? {
        try database.read { try OrganizationStore.find(reference, in: $0) }
    }

    /// The audit entries of an organization, oldest first.
    func audit(of organization: Organization) throws -> [AuditEntryBody] {
        try database.read { reader in
            try AuditStore.page(
                AuditFilter(about: organization.id), PageRequest(size: 100), in: reader)
        }.items.reversed()
    }

    func actions(of organization: Organization) throws -> [String] {
        try audit(of: organization).map(\.action)
    }
}

/// A valid bucket.
func bucketBody(
    provider: String = "s3", endpoint: String = "https://s3.example.com",
    bucket: String = "acme-assets", region: String = "eu-west-1", accessKeyId: String = "AKIA",
    secret: String = "not-for-anybody's-eyes"
) -> NewExternalStorageBody {
    NewExternalStorageBody(
        provider: provider, endpoint: endpoint, bucket: bucket, region: region,
        accessKeyId: accessKeyId, secretAccessKey: secret)
}
