import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// The operations on integrations and teams: one verb a file, each an extension of this.
///
/// All have one shape: they first query other contexts; then one transaction loads, checks the
/// policy, saves, and records the change in the audit. Every check that guards a write runs in that
/// transaction, so that parallel requests can't both pass it. Operations that change something
/// return a `PendingWrite`, which the caller commits.
struct IntegrationsUseCases: UseCases {
    let database: Database
    let ids: IDMinter
    let directory: any Directory
    /// Mails users what was shared with them, if it is configured.
    var listeners: [String] = []
    var quotas = IntegrationQuotas()
    /// How many rows a job touches in one transaction.
    var jobRows = jobSliceRows

    /// Runs `body` in a read if the caller can do `action` to the integration.
    /// - Parameter reference: an id or slug.
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

    /// Admits writes by callers who can do `action` to the integration.
    func admission(
        of caller: Caller, to action: IntegrationAction, on reference: String
    ) -> Admission<Integration> {
        { try Self.admit(caller, to: action, on: reference, in: $0).0 }
    }

    /// A write to an integration whose conditions compare it as a GET shows it, with its owner's
    /// name. The name is looked up only if the response or the conditions need it.
    func write<T: Sendable>(
        _ action: IntegrationAction, of reference: String, by caller: Caller, needsName: Bool,
        _ effect: @escaping @Sendable (Transaction, Integration, PrincipalNames) throws -> T
    ) -> PendingWrite<IntegrationWithOwner, T> {
        write(
            by: caller, admit: admission(of: caller, to: action, on: reference),
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

    static func standing(
        of caller: Caller, to integration: Integration, in db: some Queryable
    ) throws -> Standing {
        var standing = Standing(isPlatformAdmin: caller.isAdmin)
        switch integration.owner {
        case .user(let id):
            standing.isOwner =
                try id == caller.userId
                && !UserRemoval.hides(integration.id, from: id, in: db)
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
        { try Self.admit(caller, to: action, onTeam: id, in: $0) }
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
