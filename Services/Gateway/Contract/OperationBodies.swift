import Contract
import Kernel

/// The answer to what goes on in the background.
public struct StartedOperationBody: Codable, Sendable {
    /// `opr_…`
    public let operationId: String

    public init(operationId: String) { self.operationId = operationId }
}

public enum OperationState: String, Codable, Sendable, CaseIterable {
    case running
    case done
}

/// The offboarding of a user, over all contexts.
public struct OperationBody: Codable, Sendable {
    /// How many of each kind of access were taken back, and of things that nobody was left to own.
    public struct Removed: Codable, Sendable {
        public let shares: Int
        public let publishers: Int
        public let installations: Int
        public let memberships: Int
        public let integrationShares: Int
        public let teamMemberships: Int
        public let collaborations: Int
        public let workspaceMemberships: Int
        public let invitations: Int
        public let organizations: Int
        public let workspaces: Int
    }

    /// How many things of each kind have another owner now.
    public struct PassedOn: Codable, Sendable {
        public let entities: Int
        public let shares: Int
        public let organizations: Int
        public let integrations: Int
        public let workspaces: Int
    }

    public let id: String
    public let userId: String
    public let state: OperationState
    public let removed: Removed
    public let passedOn: PassedOn
    public let startedAt: Timestamp
    @OrNull public var finishedAt: Timestamp?

    public init(
        id: String, userId: String, counts: OffboardingCounts, startedAt: Timestamp,
        finishedAt: Timestamp?
    ) {
        self.id = id
        self.userId = userId
        state = finishedAt == nil ? .running : .done
        removed = Removed(counts)
        passedOn = PassedOn(counts)
        self.startedAt = startedAt
        _finishedAt = OrNull(wrappedValue: finishedAt)
    }
}

extension OperationBody.Removed {
    init(_ counts: OffboardingCounts) {
        self.init(
            shares: counts.count(removed: .shares), publishers: counts.count(removed: .publishers),
            installations: counts.count(removed: .installations),
            memberships: counts.count(removed: .memberships),
            integrationShares: counts.count(removed: .integrationShares),
            teamMemberships: counts.count(removed: .teamMemberships),
            collaborations: counts.count(removed: .collaborations),
            workspaceMemberships: counts.count(removed: .workspaceMemberships),
            invitations: counts.count(removed: .invitations),
            organizations: counts.count(removed: .organizations),
            workspaces: counts.count(removed: .workspaces))
    }
}

extension OperationBody.PassedOn {
    init(_ counts: OffboardingCounts) {
        self.init(
            entities: counts.count(passedOn: .entities), shares: counts.count(passedOn: .shares),
            organizations: counts.count(passedOn: .organizations),
            integrations: counts.count(passedOn: .integrations),
            workspaces: counts.count(passedOn: .workspaces))
    }
}
