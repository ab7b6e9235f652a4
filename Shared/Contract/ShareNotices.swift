import Kernel

/// What is shared with users who are notified of it by e-mail. The context that has the shares
/// reports them to the gateway, which has the users' addresses and choices.
public enum SharedKind: String, Codable, Sendable, CaseIterable {
    case entity
    case integration

    /// The type of the event `SharesGiven`.
    public var event: String { "\(rawValue).shared" }

    /// The kind of which an event reports shares.
    public init?(event: String) {
        guard let kind = Self.allCases.first(where: { $0.event == event }) else { return nil }
        self = kind
    }
}

/// `entity.shared`, `integration.shared`: a user gave others access, and they are to be notified.
/// It names no more than the shares: what they are is asked when the mail is written
/// (`ShareNoticeRoutes`), as they may have been revoked by then.
public struct SharesGiven: Codable, Sendable, Equatable {
    /// A new share.
    public struct Share: Codable, Sendable, Equatable {
        /// `shr_…`
        public let id: String
        /// The recipient.
        public let userId: String

        /// The share as it is reported.
        public init(id: String, userId: String) {
            self.id = id
            self.userId = userId
        }
    }

    /// The user who shared.
    public let givenBy: String
    /// All of one request.
    public let shares: [Share]

    /// - Parameter givenBy: the user who shared.
    public init(givenBy: String, shares: [Share]) {
        self.givenBy = givenBy
        self.shares = shares
    }
}

/// Asked by the gateway before it mails.
public enum ShareNoticeRoutes {
    /// `POST` `StandingSharesQuery` → `StandingSharesReply`.
    public static let standing = Endpoint(
        "listStandingShares", .post, "/internal/shares/standing", access: .service,
        readsOnly: true, summary: "Find which of the given shares still exist, and what they share")
}

/// Up to `maximum` shares.
public struct StandingSharesQuery: Codable, Sendable {
    /// Shares of one query.
    public static let maximum = 100

    /// `shr_…`
    public let ids: [String]

    /// - Parameter ids: at most `maximum`.
    public init(ids: [String]) { self.ids = ids }

    /// - Throws: 422 for too many.
    public func check() throws(Fault) {
        guard ids.count <= Self.maximum else {
            throw .invalid("/ids", "must contain at most \(Self.maximum) shares")
        }
    }
}

/// Those that still exist, in any order.
public struct StandingSharesReply: Codable, Sendable, Equatable {
    /// A share that exists.
    public struct Share: Codable, Sendable, Equatable {
        /// `shr_…`
        public let id: String
        /// The thing's id.
        public let thingId: String
        /// The thing's name.
        public let name: String
        /// nil where shares have no levels.
        public let level: Int?

        /// - Parameter level: nil where shares have none.
        public init(id: String, thingId: String, name: String, level: Int? = nil) {
            self.id = id
            self.thingId = thingId
            self.name = name
            self.level = level
        }
    }

    /// Those that exist.
    public let shares: [Share]

    /// - Parameter shares: in any order.
    public init(shares: [Share]) { self.shares = shares }
}
