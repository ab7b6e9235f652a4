import Kernel
import OrganizationsContract
import WriteKit

extension OrganizationsUseCases {
    func deleteRole(
        _ id: String, of reference: String, by caller: Caller
    ) -> PendingWrite<Role, Void> {
        change(.manageRoles, on: reference, by: caller) { db, admitted in
            try Self.editableRole(id, of: admitted, in: db)
        } _: { [self] tx, role in
            guard role.builtIn == nil else { throw Fault(OrganizationProblems.builtInRole) }
            guard try !RoleStore.isInUse(id, in: tx) else {
                throw Fault(OrganizationProblems.roleInUse)
            }
            try RoleStore.delete(id, in: tx)
            try audit.record(.deleted(role), by: caller, in: tx)
        }
    }
}
