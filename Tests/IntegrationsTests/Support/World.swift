import Contract
import GatewayClient
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import WriteKit

@testable import Integrations

/// The use cases over a real database in its own folder, with users that a test controls. A
/// statement that would scan a table fails, except the lists of everything, which are for platform
/// admins. The folder is removed with the object.
final class World: TestWorld {
    let clock = FakeClock()
    let directory = FakeDirectory()
    let database: Database
    let useCases: IntegrationsUseCases
    let folder: TemporaryFolder

    /// - Parameter jobRows: how many rows a job touches in one transaction.
    init(seed: UInt64 = 1, jobRows: Int = jobSliceRows) throws {
        folder = try TemporaryFolder()
        database = try Database(
            path: folder.path + "/integrations.sqlite", migrations: integrationsMigrations,
            readers: 0, clock: clock, options: .forUseCases(smallTables: ["integrations", "teams"]))
        useCases = IntegrationsUseCases(
            database: database, ids: IDMinter(clock: clock, random: SeededRandom(seed: seed)),
            directory: directory, jobRows: jobRows)
    }

    deinit { database.close() }

    func advanceJob(in tx: Transaction) throws -> Bool { try useCases.jobs.advance(in: tx) }

    /// The same use cases with a directory during whose lookups `meanwhile` runs.
    func slow(_ meanwhile: @escaping @Sendable () async throws -> Void) -> IntegrationsUseCases {
        IntegrationsUseCases(
            database: database, ids: useCases.ids,
            directory: SlowDirectory(directory, meanwhile: meanwhile))
    }

    // MARK: Integrations

    @discardableResult
    func integration(
        _ name: String = "CRM", by owner: Caller, slug: String? = nil
    ) async throws -> Integration {
        later()
        return try await useCases.createIntegration(
            try IntegrationDraft(name: name, slug: slug), by: owner
        ).commit().integration
    }

    /// - Parameter name: `user:bob`, `team:a-team`.
    @discardableResult
    func share(
        _ integration: Integration, with name: String, _ level: Int = 1, by caller: Caller
    ) async throws -> Share {
        later()
        return try await useCases.shareIntegration(
            integration.id, with: PrincipalName(name), try AccessLevel(level), by: caller
        ).commit().share
    }

    func unshare(_ integration: Integration, with name: String, by caller: Caller) async throws {
        later()
        try await useCases.unshareIntegration(
            integration.id, with: PrincipalName(name), by: caller
        ).commit()
    }

    @discardableResult
    func transfer(
        _ integration: Integration, userId: String? = nil, teamId: String? = nil,
        by caller: Caller
    ) async throws -> Integration {
        later()
        return try await useCases.changeOwner(
            of: integration.id, to: try NewOwner(userId: userId, teamId: teamId), by: caller
        ).commit().integration
    }

    func find(_ reference: String) throws -> Integration? {
        try database.read { try IntegrationStore.find(reference, in: $0) }
    }

    /// The levels of an integration's shares by the principals' keys.
    func shares(of integration: Integration) throws -> [String: Int] {
        let shares = try database.read {
            try ShareStore.some(of: integration.id, limit: .max, in: $0)
        }
        return Dictionary(shares.map { ($0.principal.key, $0.level.value) }) { first, _ in first }
    }

    /// For example `2 team:a-team`; nil if the integration is hidden from the caller.
    func access(to integration: Integration, by caller: Caller) async throws -> String? {
        do {
            let listed = try await useCases.getAccess(to: integration.id, by: caller)
            let via =
                if case .share(let principal) = listed.via {
                    principal.name.text
                } else {
                    "\(listed.via)"
                }
            return "\(listed.level.value) \(via)"
        } catch let fault as Fault where fault == .notFound {
            return nil
        }
    }

    // MARK: Teams

    @discardableResult
    func team(_ name: String, by admin: Caller) async throws -> Team {
        later()
        return try await useCases.createTeam(try TeamDraft(name: name), by: admin).commit()
    }

    /// Adds a member or changes their role.
    @discardableResult
    func join(
        _ user: Caller, _ team: Team, as role: TeamRole = .member, by caller: Caller
    ) async throws -> TeamMember {
        later()
        let name =
            directory.profiles(ids: [user.userId], disclosedTo: nil)[user.userId]?.username ?? ""
        return try await useCases.setTeamMember(name, of: team.id, to: role, by: caller)
            .commit().0.member
    }

    func leave(_ user: Caller, _ team: Team, by caller: Caller) async throws {
        later()
        let name =
            directory.profiles(ids: [user.userId], disclosedTo: nil)[user.userId]?.username ?? ""
        try await useCases.removeTeamMember(name, of: team.id, by: caller).commit()
    }

    func find(team id: String) throws -> Team? {
        try database.read { try TeamStore.find(id, in: $0) }
    }

    /// The roles of all members by user.
    func roles(in team: Team) throws -> [String: TeamRole] {
        let members = try database.read { try TeamMemberStore.some(in: team.id, limit: .max, $0) }
        return Dictionary(members.map { ($0.userId, $0.role) }) { first, _ in first }
    }

    // MARK: Audit

    /// The audit of an integration, oldest first.
    func audit(of integration: Integration) throws -> [AuditEntryBody] {
        try audit(AuditFilter(about: integration.id))
    }

    /// The whole audit, oldest first.
    func audit(_ filter: AuditFilter = AuditFilter()) throws -> [AuditEntryBody] {
        try database.read { reader in
            try AuditStore.page(filter, PageRequest(size: 100), in: reader)
        }.items.reversed()
    }

    func actions(of integration: Integration) throws -> [String] {
        try audit(of: integration).map(\.action)
    }
}

extension AuditEntryBody {
    /// `share.changed user:… 1 → 2`, for comparisons: action, subject, before and after.
    var line: String {
        func text(_ snapshot: AuditSnapshot?) -> String {
            guard let members = snapshot?.members else { return "-" }
            return members.keys.sorted().map { key in
                switch members[key] {
                case .text(let text): text
                case .number(let number): "\(number)"
                default: "?"
                }
            }.joined(separator: ",")
        }
        return "\(action) \(text(before)) > \(text(after))"
    }

    /// The actor: user, token, request.
    var actor: String { "\(actorId ?? "-") \(tokenId ?? "-") \(requestId ?? "-")" }
}
