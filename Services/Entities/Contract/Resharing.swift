/// Who can share an entity.
public enum Resharing: String, Codable, Sendable, CaseIterable {
    /// Everybody with access.
    case anyone
    case publishers
}
