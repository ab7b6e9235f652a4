/// The kinds of entities.
public enum EntityType: String, Codable, Sendable, CaseIterable {
    case app
    case service
    case chatExtension = "chat_extension"
}
