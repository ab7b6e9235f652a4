/// A command of `gateway admin`, with all that its help says.
struct AdminCommand: Sendable {
    /// `--name`, and what follows it.
    struct Option: Sendable {
        let name: String
        /// In place of its value; nil for an option without one.
        let value: String?
        let meaning: String
        let isRequired: Bool
        let isRepeatable: Bool

        /// One without a value.
        init(_ name: String, _ meaning: String) {
            self.name = name
            self.meaning = meaning
            value = nil
            isRequired = false
            isRepeatable = false
        }

        init(
            _ name: String, _ value: String, required: Bool = false, repeatable: Bool = false,
            _ meaning: String
        ) {
            self.name = name
            self.value = value
            self.meaning = meaning
            isRequired = required
            isRepeatable = repeatable
        }
    }

    /// One that follows from its place.
    struct Argument: Sendable {
        let name: String
        let meaning: String
        let isOptional: Bool

        init(_ name: String, optional: Bool = false, _ meaning: String) {
            self.name = name
            self.meaning = meaning
            isOptional = optional
        }
    }

    /// `users list`
    let words: [String]
    let summary: String
    let details: String
    let arguments: [Argument]
    let options: [Option]
    let examples: [String]
    let run: @Sendable (AdminCall) async throws -> Void

    init(
        _ name: String, _ summary: String, details: String = "", arguments: [Argument] = [],
        options: [Option] = [], examples: [String] = [],
        run: @escaping @Sendable (AdminCall) async throws -> Void
    ) {
        words = name.split(separator: " ").map(String.init)
        self.summary = summary
        self.details = details
        self.arguments = arguments
        self.options = options + [Self.json]
        self.examples = examples
        self.run = run
    }

    private static let json = Option("--json", "Print JSON, for programs")
    var name: String { words.joined(separator: " ") }

    /// In the order in which the help lists them.
    static let all: [AdminCommand] =
        userCommands + tokenCommands + [verifyCommand, outboxesCommand, webhooksCommand]
        + [auditCommand]
}

/// A command with the values that it was given.
struct AdminCall: Sendable {
    let arguments: [String: String]
    let options: [String: [String]]
    let session: AdminSession
    let output: AdminOutput

    func has(_ option: String) -> Bool { options[option] != nil }

    func option(_ name: String) -> String? { options[name]?.first }

    /// - Throws: if it isn't a whole number.
    func number(_ name: String, default value: Int) throws(AdminFailure) -> Int {
        guard let text = option(name) else { return value }
        guard let number = Int(text), number >= 0 else {
            throw AdminFailure(.usage, "\(name) must be a whole number such as 100")
        }
        return number
    }

    /// A required argument: the parser has seen to it.
    func argument(_ name: String) -> String { arguments[name] ?? "" }
}

extension AdminCommand {
    /// Reads what follows the command's words.
    func parse(
        _ given: ArraySlice<String>
    ) throws(AdminFailure) -> (arguments: [String: String], options: [String: [String]]) {
        var values: [String] = []
        var found: [String: [String]] = [:]
        var rest = given
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word.count > 2 else {
                values.append(word)
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let option = options.first(where: { $0.name == name }) else {
                throw mistake("unknown option \(name)")
            }
            var value = parts.count > 1 ? String(parts[1]) : nil
            if option.value != nil, value == nil { value = rest.popFirst() }
            guard (option.value == nil) == (value == nil) else {
                let rule = option.value.map { "needs a value: \(name) \($0)" } ?? "takes no value"
                throw mistake("\(name) \(rule)")
            }
            guard found[name] == nil || option.isRepeatable else {
                throw mistake("\(name) can be given once")
            }
            found[name, default: []].append(value ?? "")
        }
        for option in options where option.isRequired && found[option.name] == nil {
            throw mistake("\(option.name) \(option.value ?? "") is required")
        }
        return (try place(values), found)
    }

    private func place(_ values: [String]) throws(AdminFailure) -> [String: String] {
        guard values.count <= arguments.count else {
            throw mistake("unexpected argument \(values[arguments.count])")
        }
        var placed: [String: String] = [:]
        for (index, argument) in arguments.enumerated() {
            if index < values.count {
                placed[argument.name] = values[index]
            } else if !argument.isOptional {
                throw mistake("\(argument.name) is missing")
            }
        }
        return placed
    }

    private func mistake(_ text: String) -> AdminFailure {
        AdminFailure(.usage, "\(text); see gateway admin \(name) --help")
    }
}
