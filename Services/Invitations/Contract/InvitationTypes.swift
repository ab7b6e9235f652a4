/// The status of an invitation to an entity.
public enum InvitationStatus: String, CaseIterable, Codable, Sendable {
    case pending
    case accepted
    case expired
    case revoked
}

/// What a collaborator can do with an entity; both roles give access.
public enum CollaboratorRole: String, CaseIterable, Codable, Sendable {
    case collaborator
    case viewer
}

/// The state of an invitation's latest e-mail.
public enum MailStatus: String, CaseIterable, Codable, Sendable {
    /// The invitation wasn't to be mailed.
    case none
    /// Waiting for its first or next attempt.
    case pending
    /// Accepted by the mail relay.
    case sent
    /// Refused for good, or given up.
    case failed
}
