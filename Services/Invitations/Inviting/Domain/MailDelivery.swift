import InvitationsContract
import Kernel

/// The state of an invitation's latest e-mail: its `MailStatus`, and why it failed.
package enum MailDelivery: Sendable, Equatable {
    case none
    case pending
    case sent
    case failed(reason: String)

    package var status: MailStatus {
        switch self {
        case .none: .none
        case .pending: .pending
        case .sent: .sent
        case .failed: .failed
        }
    }

    package var reason: String? {
        if case .failed(let reason) = self { reason } else { nil }
    }

    package init(_ status: MailStatus, reason: String?) {
        switch status {
        case .none: self = .none
        case .pending: self = .pending
        case .sent: self = .sent
        case .failed: self = .failed(reason: reason ?? "")
        }
    }
}

/// What is sent by e-mail: an invitation of either kind.
package protocol Mailed {
    var id: String { get }
    var email: String { get }
    var expiresAt: Timestamp { get }
    /// The latest e-mail.
    var mailId: String? { get set }
    /// The state of that e-mail.
    var delivery: MailDelivery { get set }
}
