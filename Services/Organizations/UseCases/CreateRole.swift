import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension OrganizationsUseCases {
    func createRole(
        _ draft: RoleDraft, in reference: String, by caller: Caller
    ) -> PendingWrite<Organization, Role> {
        change(.manageRoles, on: reference, by: caller) { _, admitted in
            try OrganizationPolicy.authorize(admitted.standing, over: .scopes(Set(draft.scopes)))
            return admitted.organization
        } _: { [self] tx, organization in
            let role = Role(
                id: ids.make("rol_"), organizationId: organization.id, name: draft.name,
                builtIn: nil, scopes: draft.scopes.map(\.rawValue))
            let roles = try RoleStore.all(of: organization.id, in: tx)
            try role.checkNameIsFree(among: roles)
            guard roles.count(where: { $0.builtIn == nil }) < OrganizationLimits.roles else {
                throw Fault(OrganizationProblems.tooManyRoles)
            }
            try RoleStore.insert(role, in: tx)
            try audit.record(.created(role), by: caller, in: tx)
            return role
        }
    }
}
