import Contract
import HTTPCore
import InvitationsContract
import Inviting
import Kernel
import Presentation
import ServiceKit
import WriteKit

extension CollaborationAPI {
    func createInvitation(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(NewInvitationBody.self)
        let draft = try InvitationDraft(
            email: body.email, role: body.role, days: body.expiresInDays,
            sendsMail: body.sendEmail, message: body.message, locale: body.locale,
            returnURL: try useCases.outbox.returns.check(body.returnURL, pointer: "/return_url"))
        let change = try await useCases.createInvitation(
            to: try request.entityId, draft, by: request.caller)
        @Sendable func created(_ invitation: Invitation, showsLink: Bool) -> Response {
            let path = "/api/v1/entities/\(invitation.entityId)/invitations/\(invitation.id)"
            return .created(self.body(of: invitation, showsLink: showsLink), location: path)
        }
        return try await request.commit(
            change, current: .exists, kept: { created($0, showsLink: false) },
            answer: { created($0, showsLink: true).tagged })
    }

    func createInvitations(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(BulkInvitationsBody.self)
        guard (1...InvitationLimits.bulk).contains(body.invitations.count) else {
            throw Fault.invalid(
                "/invitations", "must contain 1–\(InvitationLimits.bulk) invitations")
        }
        let terms = try InvitationTerms(
            days: body.expiresInDays, message: body.message, locale: body.locale)
        let returnURL = try useCases.outbox.returns.check(body.returnURL, pointer: "/return_url")
        let drafts = body.invitations.map { invitee in
            Result { () throws(Fault) in
                try InvitationDraft(
                    email: invitee.email, role: invitee.role, days: terms.days,
                    sendsMail: body.sendEmail, message: terms.message, locale: terms.locale,
                    returnURL: returnURL)
            }
        }
        let change = try await useCases.createInvitations(
            to: try request.entityId, drafts, by: request.caller)
        let emails = body.invitations.map(\.email)
        return try await request.commit(
            change, current: .exists,
            kept: { .json(results(emails, $0, showLinks: false)) },
            answer: { .json(results(emails, $0, showLinks: true)) })
    }

    private func results(
        _ emails: [String], _ results: [Result<Invitation, Fault>], showLinks: Bool
    ) -> BulkResultsBody {
        BulkResultsBody(
            results: zip(emails, results).map { email, result in
                switch result {
                case .success(let made): .init(created: body(of: made, showsLink: showLinks))
                case .failure(let fault): .init(email, failed: .init(fault))
                }
            })
    }

    func listInvitations(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listInvitations(
            to: try request.entityId, try request.status, try request.page(.snakeCase),
            by: request.caller)
        return .list(page.map { body(of: $0) }, for: request, style: .snakeCase)
    }

    func getInvitation(_ request: RequestContext) async throws -> Response {
        let found = try await useCases.getInvitation(
            try request.path("invId"), to: try request.entityId, by: request.caller)
        return .resource(body(of: found))
    }

    func revokeInvitation(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.revokeInvitation(
            try request.path("invId"), to: try request.entityId, by: request.caller)
        return try await request.commit(change, current: .shown { body(of: $0) }) {
            .json(body(of: $0))
        }
    }

    func resendInvitation(_ request: RequestContext) async throws -> Committed {
        let change = try await useCases.resendInvitation(
            try request.path("invId"), to: try request.entityId, by: request.caller)
        return try await request.commit(
            change, current: .shown { body(of: $0) },
            kept: { .json(body(of: $0, showsLink: false)) }, answer: { .resource(body(of: $0)) })
    }

    // MARK: The invitee

    func listMyInvitations(_ request: RequestContext) async throws -> Response {
        let page = try await useCases.listMine(
            try request.status, try request.page(.snakeCase), by: request.caller)
        return .list(
            page.map { received in
                ReceivedInvitationBody(
                    body(of: received.invitation), entityName: received.entityName,
                    inviter: received.inviter.map { InviterBody($0) })
            }, for: request, style: .snakeCase)
    }

    func acceptInvitation(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(AcceptBody.self)
        let change = try await useCases.acceptInvitation(.token(body.token), by: request.caller)
        return try await request.commit(
            change, current: .exists, kept: { .json(self.body(of: $0, showsLink: false)) },
            answer: { .json(self.body(of: $0)) })
    }

    func declineInvitation(_ request: RequestContext) async throws -> Committed {
        let body = try request.decode(DeclineBody.self)
        let change = try await useCases.declineInvitation(.token(body.token), by: request.caller)
        return try await request.commit(
            change, current: .exists, kept: { .json(self.body(of: $0, showsLink: false)) },
            answer: { .json(self.body(of: $0)) })
    }

    private func body(of invitation: Invitation, showsLink: Bool = true) -> InvitationBody {
        useCases.body(of: invitation, showsLink: showsLink)
    }
}

extension RequestContext {
    var entityId: String { get throws(Fault) { try path("id") } }

    fileprivate var status: InvitationStatus? {
        get throws(Fault) { try word("status", of: InvitationStatus.self) }
    }
}

extension BulkResultsBody.Problem {
    /// Includes the invalid fields in the sentence.
    fileprivate init(_ fault: Fault) {
        let detail =
            fault.fields.isEmpty
            ? fault.detail
            : fault.fields.map { "\($0.pointer) \($0.detail)" }.joined(separator: "; ") + "."
        self.init(code: fault.code, detail: detail, invitationId: fault.members["invitation_id"])
    }
}
