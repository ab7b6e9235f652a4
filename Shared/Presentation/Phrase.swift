import Kernel

/// A sentence for people, as plain text and as markup. Names in it stand out in markup.
public struct Phrase: Sendable, Equatable, ExpressibleByStringLiteral,
    ExpressibleByStringInterpolation
{
    /// Without markup.
    public private(set) var text: String
    private var markup: String

    public init(stringLiteral value: String) {
        text = value
        markup = ("\(value)" as HTML).text
    }

    public init(stringInterpolation: Interpolation) {
        text = stringInterpolation.text
        markup = stringInterpolation.markup
    }

    /// Plain text.
    public init(_ text: String) { self.init(stringLiteral: text) }

    /// Everything escaped; names are strong.
    public var html: HTML { HTML(stringLiteral: markup) }

    /// Two sentences, one after the other.
    public static func + (one: Phrase, other: Phrase) -> Phrase {
        var sum = one
        sum.text += " " + other.text
        sum.markup += " " + other.markup
        return sum
    }

    /// Collects both forms.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var markup = ""

        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Text of ours.
        public mutating func appendLiteral(_ literal: String) { appendInterpolation(literal) }

        /// Text, escaped in markup.
        public mutating func appendInterpolation(_ plain: String) {
            text += plain
            markup += ("\(plain)" as HTML).text
        }

        /// A name or address, strong in markup.
        public mutating func appendInterpolation(name: String) {
            text += name
            markup += ("<strong>\(name)</strong>" as HTML).text
        }
    }
}
