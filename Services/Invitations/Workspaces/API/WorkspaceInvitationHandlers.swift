import Contract
import HTTPCore
import InvitationsContract
import Inviting
import Kernel
import ServiceKit

extension WorkspacesAPI {
    func listMine(_ request: RequestContext) async throws -> Response {
        let status = try request.word("status", of: WorkspaceInvitationStatus.self)
        let page = try await useCases.listMine(status, try request.page(), by: request.caller)
        return .list(
            page.map {
                ReceivedWorkspaceInvitationBody(body(of: $0.placed), inviter: $0.inviter)
            }, for: request)
    }

    func answerInvitation(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(WorkspaceInvitationResponseBody.self)
        let answer = try WorkspaceInvitationResponse(status: body.status, email: body.userEmail)
        let change = try await useCases.answerInvitation(
            try request.uuid("invitationId"), answer, by: request.caller)
        return try await request.commit(change, current: .exists) { .json(self.body(of: $0)) }
    }

    func changeExpiration(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(WorkspaceExpirationBody.self)
        let change = try await useCases.changeExpiration(
            of: try request.uuid("invitationId"), to: body.expirationDate, by: request.caller)
        return try await request.commit(change, current: .exists) { .json(self.body(of: $0)) }
    }

    func resendInvitation(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.resendInvitation(
            try request.uuid("invitationId"), by: request.caller)
        return try await request.commit(change, current: .exists) { .json(self.body(of: $0)) }
    }

    func revokeInvitation(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.revokeInvitation(
            try request.uuid("invitationId"), by: request.caller)
        return try await request.commit(change, current: .exists) { _ in .noContent }
    }

    /// With its current status: the sweep that stores an expiry runs some seconds late.
    func body(of placed: InvitationInWorkspace) -> WorkspaceInvitationBody {
        let invitation = placed.invitation
        return WorkspaceInvitationBody(
            id: invitation.id, workspaceId: placed.workspace.id,
            workspaceName: placed.workspaceName, invitedEmail: invitation.email,
            permissions: invitation.permissions.rawValue,
            status: invitation.status(at: useCases.clock.now()),
            invitedBy: invitation.invitedBy, expirationDate: invitation.expiresAt,
            locale: invitation.locale, returnUrl: invitation.returnURL,
            createdAt: invitation.createdAt, sentAt: invitation.sentAt,
            emailStatus: invitation.delivery.status,
            emailError: useCases.outbox.error(of: invitation.delivery))
    }
}
