import InvitationsContract
import Kernel
import ServiceKit

/// The context that keeps invitations, as the pages behind their links see it.
protocol InvitationDesk: Sendable {
    func view(_ query: InvitationViewQuery) async throws -> InvitationViewAnswer
    func answer(_ command: InvitationAnswerCommand) async throws -> InvitationViewAnswer
}

/// Over HTTP.
struct InvitationDeskClient: InvitationDesk {
    let client: ServiceClient

    func view(_ query: InvitationViewQuery) async throws -> InvitationViewAnswer {
        try await client.call(InvitationQueries.view, query, as: InvitationViewAnswer.self)
    }

    func answer(_ command: InvitationAnswerCommand) async throws -> InvitationViewAnswer {
        try await client.call(InvitationQueries.answer, command, as: InvitationViewAnswer.self)
    }
}
