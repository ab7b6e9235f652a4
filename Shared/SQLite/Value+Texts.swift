import FoundationEssentials

extension Value {
    /// A list of texts as one parameter or column: a JSON array, for `json_each`.
    public static func texts(_ texts: [String]) -> Value {
        guard let json = try? JSONEncoder().encode(texts) else {
            preconditionFailure("texts that are no JSON")
        }
        return .text(String(decoding: json, as: UTF8.self))
    }
}
