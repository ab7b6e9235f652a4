/// Markup of a page or a mail. Plain text is escaped when it is inserted.
public struct HTML: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// The markup.
    public private(set) var text: String

    /// Markup of ours.
    public init(stringLiteral value: String) { text = value }

    /// Interpolated text is escaped; interpolated markup is not.
    public init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// Joins `parts`.
    public init(_ parts: [HTML]) { text = parts.map(\.text).joined() }

    /// Escapes plain text and inserts `HTML` as it is.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Markup.
        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// Markup.
        public mutating func appendInterpolation(_ html: HTML) { text += html.text }

        /// Markup, or nothing.
        public mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }

        /// Markup, joined.
        public mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { text += part.text }
        }

        /// Text, escaped.
        public mutating func appendInterpolation(_ plain: String) {
            for character in plain.unicodeScalars {
                switch character {
                case "&": text += "&amp;"
                case "<": text += "&lt;"
                case ">": text += "&gt;"
                case "\"": text += "&quot;"
                case "'": text += "&#39;"
                default: text.unicodeScalars.append(character)
                }
            }
        }
    }
}
