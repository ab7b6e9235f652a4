import Kernel

/// Encodes text that people typed for a header field: it can neither end the field, nor start
/// another, nor look like an encoded word.
enum HeaderText {
    /// RFC 2047 §2 allows 75 characters; less leaves room for `Subject: ` in the same line of 76.
    private static let maximumPart = 64
    /// A longer word would make a line that can't be folded.
    private static let maximumWord = 60
    /// For what stands between `=?utf-8?Q?` and `?=`.
    private static let room = maximumPart - 12

    /// Replaces control characters and line separators by spaces and removes bidirectional
    /// overrides; runs of spaces become one, and those at the ends are removed.
    static func clean(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0...0x20, 0x7F...0x9F, 0x2028, 0x2029:
                if let last = result.last, last != " " { result.append(" ") }
            // The overrides and isolates that `Text.name` refuses (UAX #9).
            case 0x202A...0x202E, 0x2066...0x2069: continue
            default: result.append(scalar)
            }
        }
        if result.last == " " { result.removeLast() }
        return String(result)
    }

    /// An unstructured field (RFC 5322 §3.2.5), in parts between which it can be folded.
    static func unstructured(_ text: String) -> [String] {
        let text = clean(text)
        let words = text.split(separator: " ").map(String.init)
        let isPlain = isPlain(text) && words.allSatisfy { $0.utf8.count <= maximumWord }
        return isPlain ? words : encodedWords(text)
    }

    /// A display name (RFC 5322 §3.4): atoms, a quoted string, or encoded words.
    static func phrase(_ name: String) -> [String] {
        let name = clean(name)
        guard isPlain(name), name.utf8.count <= maximumWord else { return encodedWords(name) }
        if name.utf8.allSatisfy({ isAtom($0) || $0 == 0x20 }) { return [name] }
        var quoted = "\""
        for character in name {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.append(character)
        }
        quoted += "\""
        return quoted.utf8.count <= maximumPart ? [quoted] : encodedWords(name)
    }

    /// Text that looks like an encoded word must be encoded, as readers would decode it.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
    }

    /// RFC 2047 in the encoding that needs fewer words: some readers show a space between two.
    private static func encodedWords(_ text: String) -> [String] {
        let quoted = parts(of: text, room: room) { encoded($0).utf8.count }
        // Three bytes are four characters.
        let binary = parts(of: text, room: room / 4 * 3) { UTF8.width($0) }
        if binary.count < quoted.count {
            return binary.map { "=?utf-8?B?\(base64($0))?=" }
        }
        return quoted.map { part in
            "=?utf-8?Q?\(part.unicodeScalars.map(encoded).joined())?="
        }
    }

    /// No word ends inside a character (§5).
    private static func parts(
        of text: String, room: Int, length: (Unicode.Scalar) -> Int
    ) -> [String] {
        var parts: [String.UnicodeScalarView] = [.init()]
        var used = 0
        for scalar in text.unicodeScalars {
            used += length(scalar)
            if used > room {
                parts.append(.init())
                used = length(scalar)
            }
            parts[parts.count - 1].append(scalar)
        }
        return parts.map { String($0) }
    }

    /// RFC 4648 §4, with padding.
    private static func base64(_ text: String) -> String {
        let digits = Base64URL.encode(Array(text.utf8))
            .replacing("-", with: "+").replacing("_", with: "/")
        return digits + String(repeating: "=", count: (4 - digits.utf8.count % 4) % 4)
    }

    /// The Q encoding (§4.2), with the few literal characters that §5 (3) allows in phrases.
    private static func encoded(_ scalar: Unicode.Scalar) -> String {
        if scalar == " " { return "_" }
        return String(scalar).utf8.reduce(into: "") { text, byte in
            if isAlphanumeric(byte) || "!*+-/".utf8.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += byte < 16 ? "=0\(digits)" : "=\(digits)"
            }
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte & 0xDF &- 0x41 < 26
    }

    /// RFC 5322 §3.2.3 `atext`.
    private static func isAtom(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }
}

/// Writes a header field, folded at 76 columns.
struct HeaderField {
    /// RFC 2047 §2; RFC 5322 §2.1.1 would allow 78.
    private static let width = 76

    /// - Parameter parts: ASCII without line ends; lines can only end between them. A part that is
    ///   longer than a line, such as a long address, is kept whole.
    static func line(_ name: String, _ parts: [String]) -> String {
        var result = name + ":"
        var column = result.utf8.count
        for (index, part) in parts.enumerated() {
            let length = part.utf8.count + 1
            // A first line with nothing but the name upsets some readers.
            if index > 0, column + length > width {
                result += "\r\n"
                column = 0
            }
            result += " " + part
            column += length
        }
        return result + "\r\n"
    }
}
