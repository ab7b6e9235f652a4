/// What a token with a scope can do.
public struct ScopeMeaning: Sendable {
    /// As in tokens.
    public let name: String
    /// In one sentence.
    public let meaning: String

    public init(_ name: String, _ meaning: String) {
        self.name = name
        self.meaning = meaning
    }
}
