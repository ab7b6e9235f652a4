import InvitationsContract

/// The invitations service, as the pages behind its links use it.
protocol InvitationLinks: Sendable {
    func view(_ query: InvitationViewQuery) async throws -> InvitationViewReply
    func answer(_ command: InvitationResponseCommand) async throws -> InvitationViewReply
    func ask(_ command: InvitationRequestCommand) async throws -> InvitationViewReply
}
