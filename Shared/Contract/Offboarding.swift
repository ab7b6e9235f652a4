import Kernel

/// How far one context is with the offboarding of a user; every context answers it.
public enum OffboardingRoutes {
    /// `POST` `OffboardingQuery` → `OffboardingReply`.
    public static let state = Endpoint(
        "offboardingState", .post, "/internal/offboardings", access: .service, readsOnly: true,
        summary: "Get the state of an offboarding in one service")
}

/// Which offboarding is meant.
public struct OffboardingQuery: Codable, Sendable {
    /// `opr_…`
    public let operationId: String

    public init(operationId: String) { self.operationId = operationId }
}

/// What one context has done.
public struct OffboardingReply: Codable, Sendable, Equatable {
    /// So far.
    public let counts: OffboardingCounts
    /// nil: something is left to do, or the event has not arrived yet.
    @OrNull public var finishedAt: Timestamp?

    public init(counts: OffboardingCounts, finishedAt: Timestamp?) {
        self.counts = counts
        _finishedAt = OrNull(wrappedValue: finishedAt)
    }
}

/// How many things an offboarding took back and passed on. They are stored by name, so that a later
/// version can count more.
public struct OffboardingCounts: Codable, Sendable, Equatable {
    /// Kinds of access that were taken back, and of things that nobody was left to own.
    public enum Removal: String, Sendable, CaseIterable {
        case shares
        case publishers
        case installations
        case memberships
        case integrationShares
        case teamMemberships
        case collaborations
        case workspaceMemberships
        case invitations
        case organizations
        case workspaces
    }

    /// Kinds of things that have another owner now.
    public enum Succession: String, Sendable, CaseIterable {
        case entities
        /// Those that the user gave.
        case shares
        case organizations
        case integrations
        case workspaces
    }

    private var removed: [String: Int] = [:]
    private var passedOn: [String: Int] = [:]

    public init() {}

    /// Whether nothing was counted.
    public var isEmpty: Bool { removed.isEmpty && passedOn.isEmpty }

    /// How many of a kind were taken back.
    public func count(removed kind: Removal) -> Int { removed[kind.rawValue] ?? 0 }
    /// How many of a kind were passed on.
    public func count(passedOn kind: Succession) -> Int { passedOn[kind.rawValue] ?? 0 }

    /// Counts what was taken back.
    public mutating func removed(_ kind: Removal, _ count: Int = 1) {
        if count > 0 { removed[kind.rawValue, default: 0] += count }
    }

    /// Counts what was passed on.
    public mutating func passedOn(_ kind: Succession, _ count: Int = 1) {
        if count > 0 { passedOn[kind.rawValue, default: 0] += count }
    }

    /// Adds those of another part of the work.
    public static func += (counts: inout OffboardingCounts, more: OffboardingCounts) {
        counts.removed.merge(more.removed, uniquingKeysWith: +)
        counts.passedOn.merge(more.passedOn, uniquingKeysWith: +)
    }
}
