import Contract
import HTTPCore
import Kernel
import OrganizationsContract
import ServiceKit

extension OrganizationsAPI {
    func listMembers(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listMembers(
            of: try request.organization, try request.page(), by: request.caller)
        return .list(page.map { MemberBody($0) }, for: request)
    }

    func addMember(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewMemberBody.self)
        let organization = try request.organization
        let change = useCases.addMember(
            try NewMember(userId: body.userId, email: body.email),
            as: body.role ?? BuiltInRole.member.rawValue, to: organization, by: request.caller)
        return try await request.commit(change, current: .exists) {
            let path = "/api/organizations/\($0.membership.organizationId)/members"
            return .created(MemberBody($0), location: "\(path)/\($0.user.id)")
        }
    }

    func changeMember(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(MemberPatchBody.self)
        let change = useCases.changeMember(
            try request.path("userId"), of: try request.organization,
            to: try body.role.required("/role"), by: request.caller)
        return try await request.commit(change, current: .exists) { .json(MemberBody($0)) }
    }

    func removeMember(_ request: RequestContext) async throws -> Committed {
        let change = useCases.removeMember(
            try request.path("userId"), of: try request.organization, by: request.caller)
        return try await request.commit(change, current: .exists) { .noContent }
    }
}

extension MemberBody {
    init(_ member: MemberWithUser) {
        let membership = member.membership
        self.init(
            member.user, role: membership.role.name, roleId: membership.role.id,
            joinedAt: membership.joinedAt)
    }
}
