import Kernel

/// A sender or recipient: an address with an optional display name.
public struct Mailbox: Sendable, Equatable {
    /// Normalized by `Text.email`: ASCII, lower case, no quotes.
    public let address: String
    /// Without control characters; nil if empty.
    public let name: String?

    /// nil if `Text.email` refuses `address`, or if it has white space around it: a line feed in an
    /// address is an attack. Control characters in `name` are removed.
    public init?(_ address: String, name: String? = nil) {
        guard let normal = try? Text.email(address, pointer: ""),
            normal.utf8.count == address.utf8.count
        else { return nil }
        self.address = normal
        let name = name.map(HeaderText.clean) ?? ""
        self.name = name.isEmpty ? nil : name
    }

    /// Parses `address`, `Name <address>` or `"Name" <address>` of a setting; nil for anything
    /// else.
    public init?(parsing text: String) {
        let text = Text.trimmed(text[...])
        guard text.hasSuffix(">") else {
            self.init(String(text))
            return
        }
        guard let start = text.lastIndex(of: "<") else { return nil }
        var name = Text.trimmed(text[..<start])
        if name.utf8.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") {
            name = name.dropFirst().dropLast()
        }
        guard !name.contains(where: { "<>\"".contains($0) }) else { return nil }
        self.init(String(text[text.index(after: start)...].dropLast()), name: String(name))
    }

    /// The part after the `@`.
    var domain: Substring { address[address.index(after: at)...] }

    private var at: String.Index { address.lastIndex(of: "@") ?? address.startIndex }
}
