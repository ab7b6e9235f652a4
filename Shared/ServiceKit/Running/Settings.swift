import FoundationEssentials
import Glibc
import Kernel

/// Reads a program's configuration from environment variables. All mistakes are
/// collected, to be reported together, and all settings, to be listed by `--help`.
public struct Settings {
    /// One variable, for `--help`.
    public struct Entry: Sendable {
        let name: String
        let fallback: String
        let meaning: String
    }

    private let environment: [String: String]
    /// Every setting that was read, for `--help`.
    public private(set) var entries: [Entry] = []
    /// All invalid settings, one line each.
    public private(set) var mistakes: [String] = []

    public init(_ environment: [String: String]) { self.environment = environment }

    /// The text of `--help`: all settings that were read.
    public func help(_ name: String, _ summary: String, more: String = "") -> String {
        var text = """
            \(name): \(summary)

            Configured by environment variables. Set <name>_FILE to read a value from a file
            instead.\(more)


            """
        for entry in entries {
            let fallback = entry.fallback.isEmpty ? "" : " [\(entry.fallback)]"
            text += "  \(entry.name)\(fallback)\n      \(entry.meaning)\n"
        }
        return text
    }

    /// The variable's text, or the content of the file that `<name>_FILE` names; nil if neither
    /// is set. Empty counts as unset, as docker compose passes unset variables so.
    public mutating func text(_ name: String, _ meaning: String, fallback: String = "") -> String? {
        entries.append(Entry(name: name, fallback: fallback, meaning: meaning))
        let direct = environment[name].flatMap { $0.isEmpty ? nil : $0 }
        guard let path = environment[name + "_FILE"], !path.isEmpty else { return direct }
        guard direct == nil else {
            mistakes.append("\(name) and \(name)_FILE are both set; set one of them")
            return nil
        }
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(bytes: data, encoding: .utf8)
        else {
            mistakes.append("\(name)_FILE must name a readable text file")
            return nil
        }
        // Editors end files with a line feed; CR LF is one Character.
        return text.last?.isNewline == true ? String(text.dropLast()) : text
    }

    /// A text; `fallback` if it is not set.
    public mutating func text(_ name: String, default fallback: String, _ meaning: String) -> String
    {
        text(name, meaning, fallback: fallback) ?? fallback
    }

    /// A TCP port; 0 takes a free one.
    public mutating func port(_ name: String, default fallback: UInt16, _ meaning: String) -> UInt16
    {
        guard let text = text(name, meaning, fallback: "\(fallback)") else { return fallback }
        return number(text, name, in: 0...65_535).map { UInt16($0) } ?? fallback
    }

    /// A whole number in `range`.
    public mutating func integer(
        _ name: String, default fallback: Int, in range: ClosedRange<Int>, _ meaning: String
    ) -> Int {
        guard let text = text(name, meaning, fallback: "\(fallback)") else { return fallback }
        return number(text, name, in: range) ?? fallback
    }

    /// A list of whole numbers, separated by commas.
    public mutating func numbers(
        _ name: String, default fallback: [Int], in range: ClosedRange<Int>, _ meaning: String
    ) -> [Int] {
        let list = fallback.map(String.init).joined(separator: ",")
        let parts = text(name, default: list, meaning).split(
            separator: ",", omittingEmptySubsequences: false)
        var values: [Int] = []
        for part in parts {
            let digits = part.filter { $0 != " " }
            guard let value = number(String(digits), name, in: range) else { return fallback }
            values.append(value)
        }
        return values
    }

    /// One of a fixed set of values.
    public mutating func choice<T>(
        _ name: String, default fallback: String, _ meaning: String, _ words: [String],
        _ make: (String) -> T?
    ) -> T? {
        let text = text(name, default: fallback, "\(meaning) (\(words.joined(separator: ", ")))")
        if let value = make(text) { return value }
        mistakes.append("\(name) \(Text.rule(among: words))")
        return make(fallback)
    }

    /// `true` or `false`.
    public mutating func flag(_ name: String, default fallback: Bool, _ meaning: String) -> Bool {
        choice(name, default: "\(fallback)", meaning, ["true", "false"]) { Bool($0) } ?? fallback
    }

    /// The address of a service: `http://host:port`. Use a sidecar for TLS between services.
    public mutating func url(
        _ name: String, default fallback: String, _ meaning: String
    ) -> ServiceURL? {
        let text = text(name, default: fallback, meaning)
        if text.isEmpty { return nil }
        if let url = ServiceURL(text) { return url }
        mistakes.append("\(name) must be a URL such as http://127.0.0.1:8101")
        return nil
    }

    /// Reports a mistake that the caller has found in a value.
    public mutating func reject(_ name: String, _ rule: String) {
        mistakes.append("\(name) \(rule)")
    }

    private mutating func number(_ text: String, _ name: String, in range: ClosedRange<Int>) -> Int?
    {
        // `Int("+5")` is 5: only digits count here.
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text),
            range.contains(number)
        else {
            mistakes.append(
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }
}

/// Where a service listens.
public struct ServiceURL: Sendable, Equatable {
    /// A name or a numeric address.
    public let host: String
    /// 1 to 65535.
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `http://host[:port]`, without path; port 80 by default. IPv6 in brackets.
    public init?(_ text: String) {
        var rest = text[...]
        guard rest.hasPrefix("http://") else { return nil }
        rest = rest.dropFirst(7)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var port: UInt16? = 80
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            let digits = rest[rest.index(after: colon)...]
            port = digits.utf8.allSatisfy { (48...57).contains($0) } ? UInt16(digits) : nil
            rest = rest[..<colon]
        }
        let isLiteral = rest.hasPrefix("[") && rest.hasSuffix("]")
        let name = isLiteral ? rest.dropFirst().dropLast() : rest
        let valid = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || (isLiteral ? ":." : ".-_").utf8.contains($0)
        }
        guard let port, port > 0, valid, !name.isEmpty else { return nil }
        host = String(rest)
        self.port = port
    }
}
