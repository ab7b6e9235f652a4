import IntegrationsContract
import Journal
import Kernel
import SQLite

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
        of reference: String, to newOwner: NewOwner, by caller: Caller,
        expecting: @escaping Expectation<ListedIntegration> = { _ in }
    ) async throws -> ListedIntegration {
        try read(.changeOwner, on: reference, by: caller) { _, _, _ in }
        if case .team = newOwner.name {
            try caller.require(scopes: IntegrationRoutes.changeOwnerToTeam)
        }
        let candidate = try await candidate(newOwner.name, toldTo: caller)
        return try await naming(reference, for: .changeOwner, by: caller) { [self] names in
            change(.changeOwner, on: reference, by: caller) { [audit] tx, integration, _ in
                try names.check(integration)
                guard let owner = try candidate.resolve(in: tx) else { throw newOwner.unknown }
                if case .team(let id) = owner.principal {
                    try IntegrationPolicy.authorizeNewTeam(
                        try TeamMemberStore.find(caller.userId, in: id, tx)?.role)
                }
                try expecting(integration.listed(names))
                var changed = integration
                if owner.principal != integration.owner {
                    changed.owner = owner.principal
                    changed.touch(tx.now)
                    try IntegrationStore.update(changed, in: tx)
                    try audit.record(.handedOver(integration, changed), by: caller, in: tx)
                }
                return ListedIntegration(integration: changed, owner: owner)
            }
        }
    }
}
