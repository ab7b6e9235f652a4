import InvitationsContract
import ServiceKit

/// The invitations service, over HTTP.
struct InvitationLinksClient: InvitationLinks {
    let client: ServiceClient

    func view(_ query: InvitationViewQuery) async throws -> InvitationViewReply {
        try await client.call(InvitationQueries.view, query, as: InvitationViewReply.self)
    }

    func answer(_ command: InvitationResponseCommand) async throws -> InvitationViewReply {
        try await client.call(InvitationQueries.answer, command, as: InvitationViewReply.self)
    }

    func ask(_ command: InvitationRequestCommand) async throws -> InvitationViewReply {
        try await client.call(InvitationQueries.ask, command, as: InvitationViewReply.self)
    }
}
