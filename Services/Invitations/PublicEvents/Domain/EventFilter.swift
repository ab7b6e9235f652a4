import InvitationsContract
import Kernel

/// Whose events a webhook or a feed has.
enum FeedScope: Sendable, Hashable {
    /// Those of what the user owns.
    case own(userId: String)
    case organization(String)
    case platform

    /// - Returns: nil for an organization that isn't named.
    init?(_ word: EventScope, userId: String, organizationId: String?) {
        switch word {
        case .own: self = .own(userId: userId)
        case .organization:
            guard let organizationId else { return nil }
            self = .organization(organizationId)
        case .platform: self = .platform
        }
    }

    var word: EventScope {
        switch self {
        case .own: .own
        case .organization: .organization
        case .platform: .platform
        }
    }

    var organizationId: String? {
        if case .organization(let id) = self { id } else { nil }
    }

    func includes(_ event: PublicEvent) -> Bool {
        switch self {
        case .own(let userId): event.owner == userId
        case .organization(let id): event.organization == id && !event.isPrivate
        case .platform: !event.isPrivate
        }
    }
}

/// A type of events, several with the same beginning (`share.*`), or all (`*`).
struct EventPattern: Sendable, Equatable {
    static let everything = EventPattern(text: EventTypes.everything)

    let text: String

    func matches(_ type: String) -> Bool { EventTypes.matches(text, type) }
}

/// Which events of a feed are wanted.
struct EventFilter: Sendable, Equatable {
    var pattern = EventPattern.everything
    /// The id of a thing: its events, and those of what belongs to it.
    var subject: String?
    var order = EventOrder.ascending

    var passesAll: Bool { pattern == .everything && subject == nil }
}
