import Contract
import HTTPCore
import InvitationsContract
import Inviting
import Kernel
import Presentation
import ServiceKit

extension WorkspacesAPI {
    func invite(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(WorkspaceInviteBody.self)
        let draft = try WorkspaceInvitationDraft(
            email: body.invitedEmail, permissions: body.permissions, locale: body.locale,
            returnURL: try useCases.outbox.returns.check(body.returnUrl, pointer: "/returnUrl"))
        let change = useCases.invite(draft, to: try request.workspaceId, by: request.caller)
        return try await request.commit(change, current: .exists) { .json(self.body(of: $0)) }
    }

    func listPending(_ request: RequestContext) throws -> Response {
        let page = try useCases.listPending(
            to: try request.workspaceId, try request.page(), by: request.caller)
        return .list(page.map { body(of: $0) }, for: request)
    }

    func listSharedUsers(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listSharedUsers(
            of: try request.workspaceId, try request.page(), by: request.caller)
        return .list(page.map { SharedUserBody($0) }, for: request)
    }

    func changePermissions(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(SharedUserPermissionsBody.self)
        let permissions = try WorkspacePermission(given: body.permissions)
        let change = useCases.changePermissions(
            of: try request.path("userId"), in: try request.workspaceId, to: permissions,
            by: request.caller)
        return try await request.commit(change, current: .exists) { .json(SharedUserBody($0)) }
    }

    func removeSharedUser(_ request: RequestContext) async throws -> Committed {
        let change = useCases.removeSharedUser(
            try request.path("userId"), from: try request.workspaceId, by: request.caller)
        return try await request.commit(change, current: .exists) { .json(SharedUserBody($0)) }
    }
}

extension SharedUserBody {
    init(_ listed: WorkspaceMemberWithUser) {
        self.init(
            listed.user, permissions: listed.member.permissions,
            sharedAt: listed.member.sharedAt)
    }
}
