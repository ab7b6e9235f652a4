import Contract

/// The types of events of all contexts.
public enum EventTypes {
    /// In place of types: all of them.
    public static let everything = "*"
    /// What a webhook can name: all, those that begin alike, and each.
    public static let subscribable = [everything] + beginnings + all
    /// What can be sent for a test.
    public static let testable = [InvitationEvents.test] + all
    /// Each, by its kind of thing.
    public static let all = EventCatalog.events.map(\.type)

    /// `share.*` and the like, for all kinds of things.
    private static let beginnings = all.reduce(into: [String]()) { found, type in
        let beginning = String(type.prefix { $0 != "." }) + ".*"
        if !found.contains(beginning) { found.append(beginning) }
    }

    /// What a webhook can name, as a regular expression: a list of all would be long.
    static let pattern: String = {
        let kinds = beginnings.map { String($0.dropLast(2)) }
        let names = kinds.map { kind in
            let own = all.filter { $0.hasPrefix(kind + ".") }.map { $0.dropFirst(kind.count + 1) }
            return "\(kind)\\.(\\*|\(own.joined(separator: "|")))"
        }
        return "^(\\*|\(names.joined(separator: "|")))$"
    }()

    /// Those that `events` of a webhook stand for.
    public static func matching(_ events: [String]) -> [String] {
        all.filter { type in events.contains { matches($0, type) } }
    }

    /// Whether a type is `event`, or one of those that it stands for.
    public static func matches(_ event: String, _ type: String) -> Bool {
        event.hasSuffix("*") ? type.hasPrefix(event.dropLast()) : type == event
    }
}
