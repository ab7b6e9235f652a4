import Kernel

/// The rules of Kernel's `Text`, as JSON Schema says them. A test feeds both the same texts.
extension Rule {
    /// `Text.name`. The pattern bounds the length, as it counts after trimming. It leaves out
    /// what a pattern can't say: where joiners and variation selectors are needed.
    /// - Parameter prefix: with what it must not begin; letters, digits and underscores.
    public static func name(max: Int = Text.maximumName, notBeginning prefix: String? = nil) -> Rule
    {
        var rule = Rule()
        let start = prefix.map { "(?!\($0))" } ?? ""
        let others = Characters.control + Characters.invisible
        rule.bounded(by: start + Self.line(without: others, max: max), 1...max)
        rule.hint = "trimmed, no control or invisible characters"
        if prefix == nil, max == Text.maximumName { rule.textName = "Name" }
        if let prefix { rule.hint? += ", does not begin with `\(prefix)`" }
        rule.check = { text, pointer throws(Fault) in
            _ = try Text.name(text, pointer: pointer, max: max)
        }
        return rule
    }

    /// `Text.optionalText`.
    public static func text(max: Int = Text.maximumText) -> Rule {
        var rule = Rule()
        let character = "([^\(Characters.control)]|[\\n\\t]|\\r\\n)"
        if max <= maximumRepetition {
            rule.bounded(by: "\(character){0,\(max)}", 0...max)
        } else {
            rule.bounded(by: "\(character)*", 0...max)
            rule.isBoundByPattern = false
        }
        rule.hint = "trimmed, can have several lines; blank counts as absent"
        rule.check = { text, pointer throws(Fault) in
            _ = try Text.optionalText(text, pointer: pointer, max: max)
        }
        return rule
    }

    /// `Text.search`: a part of a name; a blank one returns everything.
    public static func search(max: Int = Text.maximumName) -> Rule {
        var rule = Rule()
        rule.bounded(by: line(without: Characters.control, max: max), 0...max)
        rule.pattern = "^[\(Characters.space)]*$|" + (rule.pattern ?? "")
        rule.hint = "trimmed, compared by Unicode case folding; a blank search returns everything"
        return rule
    }

    private static func line(without others: String, max: Int) -> String {
        let edge = "[^\(Characters.space)\(others)]"
        return "\(edge)([^\(others)]{0,\(max - 2)}\(edge))?"
    }

    private mutating func bounded(by pattern: String, _ length: ClosedRange<Int>) {
        self.length = length
        self.pattern = "^[\(Characters.space)]*\(pattern)[\(Characters.space)]*$"
        isBoundByPattern = true
    }

    /// What the engines of validators still take.
    private static let maximumRepetition = 2000

    /// `Text.email`.
    public static var email: Rule {
        var rule = Rule()
        rule.format = "email"
        rule.length = 3...Text.maximumEmail
        rule.hint = "case-insensitive"
        rule.check = { text, pointer throws(Fault) in
            _ = try Text.email(text, pointer: pointer)
        }
        rule.example = "grace@example.com"
        return rule
    }

    /// `Text.locale`.
    public static var locale: Rule {
        var rule = Rule()
        rule.length = 2...Text.maximumLocale
        rule.pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
        rule.hint = "a language tag (BCP 47)"
        rule.example = "de"
        rule.check = { text, pointer throws(Fault) in
            _ = try Text.locale(text, pointer: pointer)
        }
        return rule
    }

    /// `Text.username`.
    public static var username: Rule {
        var rule = Rule()
        rule.length = 1...Text.maximumUsername
        rule.pattern = "^[a-z0-9][a-z0-9._-]{0,\(Text.maximumUsername - 1)}$"
        rule.example = "grace"
        rule.check = { text, pointer throws(Fault) in
            _ = try Text.username(text, pointer: pointer)
        }
        return rule
    }

    /// `Text.isSlug`.
    public static var slug: Rule {
        var rule = Rule()
        rule.length = 1...Text.maximumSlugLength
        rule.pattern = "^[a-z0-9]([a-z0-9-]{0,\(Text.maximumSlugLength - 2)}[a-z0-9])?$"
        rule.example = "release-notes"
        rule.check = { text, pointer throws(Fault) in
            _ = try Slug.check(text, pointer: pointer)
        }
        return rule
    }

    /// `ExternalID.check`.
    public static var externalId: Rule {
        var rule = Rule()
        rule.length = 1...ExternalID.maximum
        let reserved = ExternalID.reserved.joined(separator: "|")
        rule.pattern = "^(?!\(reserved))[^\(Characters.unseen)]{1,\(ExternalID.maximum)}$"
        rule.hint =
            "no white space, control or invisible characters; does not begin with "
            + ExternalID.reserved.map { "`\($0)`" }.joined(separator: " or ")
        rule.example = "user-4711"
        rule.textName = "ExternalId"
        rule.check = { text, pointer throws(Fault) in
            _ = try ExternalID.check(text, pointer: pointer)
        }
        return rule
    }

    /// An id as `IDMinter` makes them. `prefix` ends with its underscore.
    public static func id(_ prefix: String) -> Rule {
        var rule = id(like: prefix)
        rule.pattern = "^\(prefix)[0-7][0-9A-HJKMNP-TV-Z]{25}$"
        rule.hint = "a ULID with the prefix `\(prefix)`"
        return rule
    }

    /// Text that should be an id; anything else is handled like an unknown id.
    public static func id(like prefix: String) -> Rule {
        var rule = Rule()
        rule.example = .string(prefix + (exampleIds[prefix] ?? "01M7YT9ZKE9AJC5YJET3QB85ZP"))
        return rule
    }

    /// `IDMinter.uuid`.
    public static var uuid: Rule {
        var rule = Rule()
        rule.format = "uuid"
        rule.example = "019f7d9e-5bd8-7f02-9d34-6a1c0e8b2f57"
        return rule
    }

    /// The same things everywhere in the examples: Ada, her entity, her token.
    private static let exampleIds = [
        "usr_": "01M7YT9ZHG03RWMAMRKZ5XW0YM", "tok_": "01M7YT9ZBK9M36XHGNJ7WRG37S",
        "ent_": "01M7YT9ZKE9AJC5YJET3QB85ZP", "shr_": "01M7YT9ZMP058GWFKHVSF7RRC4",
        "ver_": "01M7YT9ZNCF8BAQFRF2CKBG0H9", "org_": "01M7YT9ZP3Q4S5T6V7W8X9Y0Z1",
    ]

    /// `SemanticVersion`; the expression is that of semver.org.
    public static var version: Rule {
        var rule = Rule()
        let number = "(0|[1-9][0-9]*)"
        let identifier = "(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
        rule.length = 5...SemanticVersion.maximumLength
        rule.pattern =
            "^\(number)\\.\(number)\\.\(number)(-\(identifier)(\\.\(identifier))*)?"
            + "(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?$"
        rule.hint = "Semantic Versioning 2.0"
        rule.example = "1.0.0"
        return rule
    }

    /// RFC 3339, any offset.
    public static var time: Rule {
        var rule = Rule()
        rule.format = "date-time"
        rule.example = "2026-01-15T09:00:00.000Z"
        return rule
    }

    /// A whole number.
    public static func number(_ range: ClosedRange<Int>, else fallback: Int) -> Rule {
        var rule = Rule()
        rule.range = range
        rule.fallback = .number(fallback)
        return rule
    }

    /// One of a fixed set.
    /// - Parameter name: of the schema of these words.
    public static func words(
        _ words: [String], named name: String? = nil, example: String? = nil
    ) -> Rule {
        var rule = Rule()
        rule.words = words
        rule.wordsName = name
        rule.example = (example ?? words.first).map { .string($0) }
        return rule
    }

    /// One of the raw values of an enum.
    /// - Parameter name: of the schema of these words; by default the enum's, if they are all.
    public static func words<Value: RawRepresentable>(
        _ values: [Value], named name: String? = nil, example: Value? = nil
    ) -> Rule where Value.RawValue == String {
        var isWhole = false
        if let type = Value.self as? any CaseIterable.Type {
            isWhole = type.allCases.count == values.count
        }
        return words(
            values.map(\.rawValue),
            named: name ?? (isWhole ? schemaName(ofWords: Value.self) : nil),
            example: example?.rawValue)
    }

    /// A list of `count` values that follow `rule`.
    public static func list(_ count: ClosedRange<Int>, of rule: Rule) -> Rule {
        var list = Rule()
        list.count = count
        list.items = .each(rule)
        list.example = rule.example.map { .array([$0]) }
        return list
    }

    /// The same, but a PATCH may clear it.
    public var clearable: Rule {
        var rule = self
        rule.isClearable = true
        return rule
    }

    /// The same rule, with the value that stands for a missing one.
    public func falling(backTo value: JSONTree) -> Rule {
        var rule = self
        rule.fallback = value
        return rule
    }

    /// Any value of the type.
    public static let plain = Rule()
}

/// Sets of characters, for the inside of brackets in a regular expression.
private enum Characters {
    /// White_Space of the Unicode Character Database.
    static let space =
        "\\u0009-\\u000D\\u0020\\u0085\\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F"
        + "\\u3000"
    /// What `Text` refuses inside of a text: controls, line separators, bidirectional overrides.
    static let control =
        "\\u0000-\\u001F\\u007F-\\u009F\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069"
    /// What `Text.name` refuses besides, wherever it stands; of the first plane, as not every
    /// validator knows others.
    static let invisible =
        "\\u00AD\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u200B\\u2060-\\u2065\\u206A-\\u206F\\u3164"
        + "\\uFEFF\\uFFA0\\uFFF0-\\uFFF8"
    /// What has no place in an external id, as far as it is in the first plane.
    static let unseen =
        space + control + invisible + "\\u061C\\u180B-\\u180F\\u200C-\\u200F\\uFE00-\\uFE0F"
}
