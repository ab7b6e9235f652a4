import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Newest first, the built-in ones last.
    func listRoles(
        of reference: String, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Role> {
        let roles = try read(.see, on: reference, by: caller) { reader, organization, _ in
            try RoleStore.all(of: organization.id, in: reader)
        }
        let items = roles.dropFirst(page.offset).prefix(page.size)
        return Page(Array(items), page, total: roles.count)
    }

    /// - Parameter draft: with a name.
    func createRole(
        _ draft: RoleDraft, in reference: String, by caller: Caller
    ) -> PendingWrite<Organization, Role> {
        change(.manageRoles, on: reference, by: caller) { _, admitted in
            try OrganizationPolicy.authorize(admitted.standing, over: draft.power)
            return admitted.organization
        } _: { [self] tx, organization in
            let role = Role(
                id: ids.make("rol_"), organizationId: organization.id, name: draft.name ?? "",
                builtIn: nil, scopes: draft.scopes ?? [])
            let roles = try RoleStore.all(of: organization.id, in: tx)
            try Self.checkName(role.name, among: roles)
            guard roles.count(where: { $0.builtIn == nil }) < OrganizationLimits.roles else {
                throw Role.tooMany
            }
            try RoleStore.insert(role, in: tx)
            try audit.record(.created(role), by: caller, in: tx)
            return role
        }
    }

    /// What the draft leaves out stays.
    func updateRole(
        _ id: String, of reference: String, _ draft: RoleDraft, by caller: Caller
    ) -> PendingWrite<Role, Role> {
        change(.manageRoles, on: reference, by: caller) { db, admitted in
            let role = try Self.role(id, of: admitted, in: db)
            if role.builtIn == nil {
                try OrganizationPolicy.authorize(admitted.standing, over: draft.power)
            }
            return role
        } _: { [self] tx, former in
            guard former.builtIn == nil else { throw Role.builtInConflict }
            var role = former
            role.name = draft.name ?? role.name
            role.scopes = draft.scopes ?? role.scopes
            guard role != former else { return role }
            let others = try RoleStore.all(of: role.organizationId, in: tx).filter { $0.id != id }
            try Self.checkName(role.name, among: others)
            try RoleStore.update(role, in: tx)
            try audit.record(.updated(former, role), by: caller, in: tx)
            return role
        }
    }

    func deleteRole(
        _ id: String, of reference: String, by caller: Caller
    ) -> PendingWrite<Role, Void> {
        change(.manageRoles, on: reference, by: caller) { db, admitted in
            try Self.role(id, of: admitted, in: db)
        } _: { [self] tx, role in
            guard role.builtIn == nil else { throw Role.builtInConflict }
            guard try !RoleStore.isInUse(id, in: tx) else { throw Role.inUse }
            try RoleStore.delete(id, in: tx)
            try audit.record(.deleted(role), by: caller, in: tx)
        }
    }

    /// A role that the caller can change, or a built-in one, which nobody can.
    private static func role(
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

    private static func checkName(_ name: String, among others: [Role]) throws(Fault) {
        let folded = Text.folded(name)
        if others.contains(where: { Text.folded($0.name) == folded }) { throw Role.nameTaken }
    }
}
