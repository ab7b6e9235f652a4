import Collaboration
import Contract
import HTTPCore
import InvitationsContract
import Inviting
import Kernel
import ServiceKit
import Workspaces
import WriteKit

/// For the gateway's pages: a link leads to an invitation of either kind.
extension InvitationsAPI {
    func view(_ request: RequestContext) async throws -> Response {
        let query = try request.decode(InvitationViewQuery.self)
        let link = try InvitationLink(token: query.token, claim: query.claim)
        return try await reply {
            if let id = link.workspaceInvitationId {
                return try context.workspaces.view(id, link.text)
            }
            return try context.invitations.view(link)
        }
    }

    func answer(_ request: RequestContext) async throws -> Response {
        let command = try request.decode(InvitationResponseCommand.self)
        let link = try InvitationLink(token: command.token, claim: command.claim)
        let invitee = Invitee(userId: command.userId, email: command.email)
        let caller = command.actor.caller
        return try await reply {
            if let id = link.workspaceInvitationId {
                return try await context.workspaces.answer(
                    id, link.text, command.accepts, as: invitee, by: caller)
            }
            return try await context.invitations.answer(
                link, command.accepts, as: invitee, by: caller)
        }
    }

    func ask(_ request: RequestContext) async throws -> Response {
        let command = try request.decode(InvitationRequestCommand.self)
        let link = try InvitationLink(token: command.token, claim: command.claim)
        let caller = Caller(userId: "", requestId: command.requestId)
        return try await reply {
            if let id = link.workspaceInvitationId {
                return try await context.workspaces.ask(id, link.text, by: caller)
            }
            return try await context.invitations.ask(link, by: caller)
        }
    }

    /// A refusal is shown to the invitee; between services it is a success.
    private func reply(_ view: () async throws -> InvitationView) async throws -> Response {
        do {
            return .json(InvitationViewReply(try await view()))
        } catch let fault as Fault {
            guard InvitationRefusal.statuses.contains(fault.kind.status) else { throw fault }
            return .json(
                InvitationViewReply(
                    InvitationRefusal(
                        status: fault.kind.status, code: fault.code, detail: fault.detail)))
        }
    }
}
