import Contract
import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit

extension OrganizationsAPI {
    func listRoles(_ request: RequestContext) throws -> Response {
        let page = try useCases.listRoles(
            of: try request.organization, try request.page(), by: request.caller)
        return .list(page.map { RoleBody($0) }, for: request)
    }

    func createRole(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewRoleBody.self)
        let change = useCases.createRole(
            try RoleDraft(name: body.name, scopes: body.scopes), in: try request.organization,
            by: request.caller)
        return try await request.commit(change, current: .exists) {
            let path = "/api/organizations/\($0.organizationId)/roles"
            return .created(RoleBody($0), location: "\(path)/\($0.id)")
        }
    }

    func updateRole(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(RolePatchBody.self)
        let update = try RoleUpdate(
            name: try body.name.required("/name"), scopes: try body.scopes.required("/scopes"))
        let change = useCases.updateRole(
            try request.path("roleId"), of: try request.organization, update, by: request.caller)
        return try await request.commit(change, current: .exists) { .json(RoleBody($0)) }
    }

    func deleteRole(_ request: RequestContext) async throws -> Committed {
        let change = useCases.deleteRole(
            try request.path("roleId"), of: try request.organization, by: request.caller)
        return try await request.commit(change, current: .exists) { .noContent }
    }
}

extension RoleBody {
    init(_ role: Role) {
        self.init(
            id: role.id, name: role.name, builtIn: role.builtIn != nil, scopes: role.scopes)
    }
}
