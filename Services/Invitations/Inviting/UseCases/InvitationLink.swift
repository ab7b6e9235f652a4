import Contract
import Kernel

/// One of the two secrets that lead to an invitation.
package enum InvitationLink: Sendable, Equatable {
    case token(String)
    case claim(String)

    /// - Throws: 422 unless exactly one is given.
    package init(token: String?, claim: String?) throws(Fault) {
        switch (token, claim) {
        case (let token?, nil): self = .token(token)
        case (nil, let claim?): self = .claim(claim)
        default: throw .invalid("", "must contain exactly one of token and claim")
        }
    }

    package var text: String {
        switch self {
        case .token(let text), .claim(let text): text
        }
    }

    /// The id of a workspace invitation in it, unverified; nil for a link to an entity.
    package var workspaceInvitationId: String? {
        guard case .token(let text) = self else { return nil }
        return IDMinter.uuid(String(text.prefix { $0 != "." }))
    }
}

/// The user who responds to an invitation.
package struct Invitee: Sendable {
    package let userId: String
    package let email: String

    package init(userId: String, email: String) {
        self.userId = userId
        self.email = email
    }
}
