import IntegrationsContract
import Kernel
import SQLite
import WriteKit

/// Who is to be the owner.
struct NewOwner: Sendable, Equatable {
    let name: PrincipalName

    /// - Throws: 422 unless exactly one is given.
    init(userId: String?, teamId: String?) throws(Fault) {
        switch (userId, teamId) {
        case (let username?, nil): name = .user(username)
        case (nil, let id?): name = .team(id)
        default: throw .invalid("", "must have exactly one of userId and teamId")
        }
    }

    var unknown: Fault {
        switch name {
        case .user: .invalid("/userId", "must be the username of a user")
        case .team: .invalid("/teamId", "must be the id of a team")
        }
    }
}

extension IntegrationsUseCases {
    func getOwner(of reference: String, by caller: Caller) async throws -> NamedPrincipal {
        try await getIntegration(reference, by: caller).owner
    }

    /// The former owner keeps no access but what shares give.
    func changeOwner(
        of reference: String, to newOwner: NewOwner, by caller: Caller
    ) -> PendingWrite<IntegrationWithOwner, IntegrationWithOwner> {
        let admit = admission(of: caller, to: .changeOwner, on: reference)
        let authorize: Admission<Integration> = { db in
            let integration = try admit(db)
            if case .team(let id) = newOwner.name {
                try caller.require(scopes: IntegrationRoutes.changeOwnerToTeam)
                if try TeamStore.find(id, in: db) != nil {
                    try IntegrationPolicy.authorizeNewTeam(
                        try TeamMemberStore.find(caller.userId, in: id, db)?.role)
                }
            }
            return integration
        }
        return PendingWrite(
            in: database, admit: authorize,
            asking: { [self] integration, isConditional in
                let names = try await names(isConditional ? [integration.owner] : [])
                return (names: names, heir: try await candidate(newOwner.name, toldTo: caller))
            },
            showing: { _, integration, known in try integration.shown(known.names) }
        ) { [audit] tx, integration, known in
            guard let owner = try known.heir.resolve(in: tx) else { throw newOwner.unknown }
            var changed = integration
            if owner.principal != integration.owner {
                changed.owner = owner.principal
                changed.touch(tx.now)
                try IntegrationStore.update(changed, in: tx)
                try audit.record(.handedOver(integration, changed), by: caller, in: tx)
            }
            return IntegrationWithOwner(integration: changed, owner: owner)
        }
    }
}
