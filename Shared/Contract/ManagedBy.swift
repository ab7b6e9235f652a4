import Kernel

/// What manages a user or a team, in place of people.
public enum ManagedBy: String, Codable, Sendable, CaseIterable {
    /// An identity provider, by SCIM.
    case scim
}
