import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension OrganizationsUseCases {
    func updateRole(
        _ id: String, of reference: String, _ update: RoleUpdate, by caller: Caller
    ) -> PendingWrite<Role, Role> {
        change(.manageRoles, on: reference, by: caller) { db, admitted in
            let role = try Self.editableRole(id, of: admitted, in: db)
            if role.builtIn == nil {
                try OrganizationPolicy.authorize(
                    admitted.standing, over: .scopes(Set(update.scopes ?? [])))
            }
            return role
        } _: { [self] tx, former in
            guard former.builtIn == nil else { throw Fault(OrganizationProblems.builtInRole) }
            let role = update.applied(to: former)
            guard role != former else { return role }
            let others = try RoleStore.all(of: role.organizationId, in: tx).filter { $0.id != id }
            try role.checkNameIsFree(among: others)
            try RoleStore.update(role, in: tx)
            try audit.record(.updated(former, role), by: caller, in: tx)
            return role
        }
    }

    /// A custom role that the caller can change, or a built-in one, which nobody can.
    static func editableRole(
        _ id: String, of admitted: Admitted, in db: some Queryable
    ) throws -> Role {
        guard IDMinter.isWellFormed(id, prefix: "rol_"),
            let role = try RoleStore.find(id, of: admitted.organization.id, in: db)
        else { throw Fault.notFound }
        if role.builtIn == nil {
            try OrganizationPolicy.authorize(admitted.standing, over: role.power)
        }
        return role
    }
}
