import Kernel

/// A wire type that says what its declaration can't: what its members mean and which values they
/// take. Names, kinds and presence come from the type itself, by its own `init(from:)`.
public protocol Documented: Codable, Sendable {
    /// Its name among the schemas; the type's own without `Body` unless declared.
    static var schemaName: String { get }
    /// What it is, in one sentence.
    static var meaning: String { get }
    /// Each of its members once. A test compares them with those of the type.
    static var members: [Member] { get }
}

extension Documented {
    /// The type's name without `Body`.
    public static var schemaName: String {
        let name = "\(Self.self)"
        return name.hasSuffix("Body") ? String(name.dropLast(4)) : name
    }
}

/// An enum of texts that is called otherwise among schemas than in code.
public protocol NamedWords {
    /// Its name among the schemas.
    static var wordsName: String { get }
}

/// A wire type that has another's members and its own; its schema refers to the other's.
public protocol Extending: Documented {
    /// Whose members it has too.
    static var base: any Documented.Type { get }
}

/// The name of an enum of texts among the schemas.
func schemaName(ofWords type: Any.Type) -> String {
    (type as? any NamedWords.Type)?.wordsName ?? "\(type)"
}

/// A wire type whose members are not known beforehand: texts, lists of texts, whole numbers, true
/// or false, null.
public protocol FreeForm: Codable, Sendable {
    /// Its name among the schemas; the type's own unless declared.
    static var schemaName: String { get }
    /// Whether it can be any JSON value, rather than an object alone.
    static var isAnything: Bool { get }

    init()
}

extension FreeForm {
    /// An object.
    public static var isAnything: Bool { false }
    /// The type's name.
    public static var schemaName: String { "\(Self.self)" }
}

/// A member of a body, or a parameter.
public struct Member: Sendable {
    /// As in JSON.
    public let name: String
    /// What it means, in one sentence.
    public let meaning: String
    /// Which values are valid.
    public let rule: Rule
    /// A value that it could have. nil leaves an optional one out of examples.
    public let example: JSONTree?

    public init(
        _ name: String, _ meaning: String, _ rule: Rule = Rule(), example: JSONTree? = nil
    ) {
        self.name = name
        self.meaning = meaning
        self.rule = rule
        self.example = example ?? rule.example
    }
}

/// Which values a member takes, beyond their kind. Declarations use the constants by
/// which the domain decides, or has a test that compares.
public struct Rule: Sendable {
    /// Unicode scalars.
    public var length: ClosedRange<Int>?
    /// A regular expression (ECMA-262) that the accepted texts match, and no others.
    public var pattern: String?
    /// The name of the schema of these texts, if many members have them and `pattern` is long.
    public var textName: String?
    /// `length` counts what is left after trimming: the pattern says it, where `maxLength` can't.
    public var isBoundByPattern = false
    /// The domain's own check of a text, for errors that name every mistake at once.
    /// - Parameter pointer: of the member, for the fault.
    public typealias Check = @Sendable (_ text: String, _ pointer: String) throws(Fault) -> Void
    /// As far as errors need more than the other rules say.
    public var check: Check?
    /// In place of the pattern where people read; back quotes mark code.
    public var hint: String?
    /// A format of JSON Schema: `email`, `uri`.
    public var format: String?
    /// Of a number, inclusive.
    public var range: ClosedRange<Int>?
    /// How many items.
    public var count: ClosedRange<Int>?
    /// The rule of each item.
    public var items: Items?
    /// The only texts there are.
    public var words: [String]?
    /// The name of the schema of these words; nil if they have none of their own.
    public var wordsName: String?
    /// What it is if it is not given.
    public var fallback: JSONTree?
    /// What a value names, where an external id can stand in its place.
    public var names: Named?
    /// How errors say it; by default as the schema does.
    public var error: String?
    /// A PATCH may clear it with `null`.
    public var isClearable = false
    /// A valid value, for the reference.
    public var example: JSONTree?

    /// The rule for elements of a list.
    public indirect enum Items: Sendable {
        case each(Rule)
    }

    public init() {}
}
