import InvitationsContract
import Kernel
import ServiceKit

/// The context that keeps invitations, as the pages behind their links see it.
protocol InvitationLinks: Sendable {
    func view(_ query: InvitationViewQuery) async throws -> InvitationViewReply
    func answer(_ command: InvitationResponseCommand) async throws -> InvitationViewReply
}

/// Over HTTP.
struct InvitationLinksClient: InvitationLinks {
    let client: ServiceClient

    func view(_ query: InvitationViewQuery) async throws -> InvitationViewReply {
        try await client.call(InvitationQueries.view, query, as: InvitationViewReply.self)
    }

    func answer(_ command: InvitationResponseCommand) async throws -> InvitationViewReply {
        try await client.call(InvitationQueries.answer, command, as: InvitationViewReply.self)
    }
}
