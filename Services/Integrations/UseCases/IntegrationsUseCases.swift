import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// What can be done with integrations and teams: one verb a file, each an extension of this.
///
/// All have one shape: what other contexts know is asked first; then one transaction loads, asks
/// the rule, saves, and records what it did to whose access. Whatever guards a change is decided in
/// that transaction, on what is true then, so that parallel requests can't both be right. Those
/// that change something return the change, ready to be committed.
struct IntegrationsUseCases: Sendable {
    let database: Database
    let ids: IDMinter
    let directory: any Directory
    var quotas = IntegrationQuotas()
    /// How many rows a transaction touches for what may touch any number.
    var jobRows = jobSliceRows

    var audit: AuditLog { AuditLog(ids: ids) }

    /// Runs `body` in a read, if `caller` may do `action` to the integration.
    /// - Parameter reference: its id or slug.
    func read<T>(
        _ action: IntegrationAction, on reference: String, by caller: Caller,
        _ body: (Reader, Integration, Standing) throws -> T
    ) throws -> T {
        try database.read { reader in
            let (integration, standing) = try Self.admit(
                caller, to: action, on: reference, in: reader)
            return try body(reader, integration, standing)
        }
    }

    typealias Admission<Found> = @Sendable (any Queryable) throws -> Found

    /// The admission of changes that `caller` can make who can do `action` to the integration.
    func admission(
        of caller: Caller, to action: IntegrationAction, on reference: String
    ) -> Admission<Integration> {
        { db in
            // The caller can have been deleted since the request began.
            try Tombstone.check(caller, in: db)
            return try Self.admit(caller, to: action, on: reference, in: db).0
        }
    }

    /// A change of an integration that shows it as a GET does, with its owner's name. That is asked
    /// for where the change or its conditions need it.
    func change<T: Sendable>(
        _ action: IntegrationAction, of reference: String, by caller: Caller, needsName: Bool,
        _ effect: @escaping @Sendable (Transaction, Integration, Names) throws -> T
    ) -> PendingWrite<IntegrationWithOwner, T> {
        PendingWrite(
            in: database, admit: admission(of: caller, to: action, on: reference),
            asking: { [self] integration, isConditional in
                let isNeeded = needsName || isConditional
                return try await names(isNeeded ? [integration.owner] : [])
            },
            showing: { _, integration, names in try integration.shown(names) }, effect)
    }

    static func admit(
        _ caller: Caller, to action: IntegrationAction, on reference: String,
        in db: some Queryable
    ) throws -> (Integration, Standing) {
        guard let integration = try IntegrationStore.find(reference, in: db) else {
            throw Fault.notFound
        }
        let standing = try standing(of: caller, to: integration, in: db)
        try IntegrationPolicy.authorize(action, standing)
        return (integration, standing)
    }

    private static func standing(
        of caller: Caller, to integration: Integration, in db: some Queryable
    ) throws -> Standing {
        var standing = Standing(isPlatformAdmin: caller.isAdmin)
        switch integration.owner {
        case .user(let id): standing.isOwner = id == caller.userId
        case .team(let id):
            standing.owningTeamRole = try TeamMemberStore.find(caller.userId, in: id, db)?.role
        }
        standing.grants = try ShareStore.grants(of: caller.userId, to: integration.id, in: db)
        return standing
    }

    // MARK: Teams

    func readTeam<T>(
        _ action: TeamAction, on id: String, by caller: Caller,
        _ body: (Reader, Team) throws -> T
    ) throws -> T {
        try database.read { reader in
            try body(reader, try Self.admit(caller, to: action, onTeam: id, in: reader))
        }
    }

    func admission(
        of caller: Caller, to action: TeamAction, onTeam id: String
    ) -> Admission<Team> {
        { db in
            try Tombstone.check(caller, in: db)
            return try Self.admit(caller, to: action, onTeam: id, in: db)
        }
    }

    private static func admit(
        _ caller: Caller, to action: TeamAction, onTeam id: String, in db: some Queryable
    ) throws -> Team {
        guard let team = try TeamStore.find(id, in: db) else { throw Fault.notFound }
        let role = try TeamMemberStore.find(caller.userId, in: team.id, db)?.role
        try TeamPolicy.authorize(
            action, TeamStanding(role: role, isPlatformAdmin: caller.isAdmin))
        return team
    }
}
