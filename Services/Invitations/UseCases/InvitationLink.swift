import Contract
import Kernel

/// One of the two secrets that lead to an invitation.
enum InvitationLink: Sendable, Equatable {
    case token(String)
    case claim(String)

    /// - Throws: 422 unless exactly one is given.
    init(token: String?, claim: String?) throws(Fault) {
        switch (token, claim) {
        case (let token?, nil): self = .token(token)
        case (nil, let claim?): self = .claim(claim)
        default: throw .invalid("", "must contain exactly one of token and claim")
        }
    }

    var text: String {
        switch self {
        case .token(let text), .claim(let text): text
        }
    }

    /// The id of a workspace invitation in it, unverified; nil for a link to an entity.
    var workspaceInvitationId: String? {
        guard case .token(let text) = self else { return nil }
        return InvitationSecrets.workspaceInvitationId(in: text)
    }
}

/// The user who responds to an invitation.
struct Invitee: Sendable {
    let userId: String
    let email: String
}
