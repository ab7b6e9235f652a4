import IntegrationsContract
import Kernel
import SQLite
import WriteKit

extension IntegrationsUseCases {
    /// The former owner keeps only the access that shares give.
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
        return write(
            by: caller, admit: authorize,
            asking: { [self] integration, isConditional in
                let names = try await names(isConditional ? [integration.owner] : [])
                return (names, candidate: try await candidate(newOwner.name, disclosedTo: caller))
            },
            showing: { _, integration, found in try integration.shown(found.0) }
        ) { [self] tx, admitted, found in
            guard let owner = try found.candidate.resolve(in: tx) else { throw newOwner.unknown }
            if case .user(let id) = owner.principal {
                try settleOffboarding(of: id, on: admitted, in: tx)
            }
            let integration = try IntegrationStore.find(admitted.id, in: tx) ?? admitted
            var changed = integration
            if owner.principal != integration.owner {
                changed.owner = owner.principal
                changed.touch(tx.now)
                try IntegrationStore.update(changed, in: tx)
                let audience = try changed.owner.audience(in: tx)
                try audit.record(
                    .ownerChanged(integration, changed, for: audience), by: caller, in: tx)
            }
            return IntegrationWithOwner(integration: changed, owner: owner)
        }
    }
}
