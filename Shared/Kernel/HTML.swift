/// Text on its way into a page or a mail. Nothing gets there unescaped but what is made here.
public struct HTML: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public private(set) var text: String

    /// Markup of ours.
    public init(stringLiteral value: String) { text = value }

    /// What is interpolated is escaped, unless it is markup itself.
    public init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    public init(_ parts: [HTML]) { text = parts.map(\.text).joined() }

    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { text += literal }

        public mutating func appendInterpolation(_ html: HTML) { text += html.text }

        public mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }

        public mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { text += part.text }
        }

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
