import Kernel

/// What the audit shows of a thing at a moment: its members that matter to access, which depend on
/// the kind of thing.
public struct AuditSnapshot: Codable, Sendable, Equatable, ExpressibleByDictionaryLiteral, FreeForm
{
    /// By name.
    public let members: [String: AuditValue]

    public init() { members = [:] }

    init(_ members: [String: AuditValue]) { self.members = members }

    public init(dictionaryLiteral elements: (String, AuditValue)...) {
        members = Dictionary(elements) { $1 }
    }

    public init(from decoder: any Decoder) throws {
        members = try decoder.singleValueContainer().decode([String: AuditValue].self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(members)
    }

    /// The same with more members.
    public func adding(_ others: AuditSnapshot) -> AuditSnapshot {
        AuditSnapshot(members.merging(others.members) { $1 })
    }

    /// With long texts in short: what an entry costs does not depend on what users write.
    var bounded: AuditSnapshot { AuditSnapshot(members.mapValues(\.bounded)) }
}

/// A member of what the audit shows of a thing.
public enum AuditValue: Codable, Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Int)
    case text(String)
    case list([String])
    case longText(LongText)

    /// A text of more than `AuditLimits.text` characters: how it begins, and what proves which it
    /// was. A list that is longer than that in all is one text, its elements a line each.
    public struct LongText: Codable, Sendable, Equatable {
        /// The first `AuditLimits.text` characters.
        public let prefix: String
        /// In characters (Unicode scalars), of the whole.
        public let length: Int
        /// SHA-256 of the whole in UTF-8, in lower-case hexadecimal.
        public let sha256: String

        init(_ text: String) {
            let scalars = text.unicodeScalars
            prefix = String(String.UnicodeScalarView(scalars.prefix(AuditLimits.text)))
            length = scalars.count
            var hash = SHA256()
            hash.update(text.utf8)
            sha256 = Self.hexadecimal(hash.finalize())
        }

        private static func hexadecimal(_ bytes: [UInt8]) -> String {
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self)
        }
    }

    /// `null` for nil.
    public static func text(_ text: String?) -> AuditValue {
        guard let text else { return .null }
        return .text(text as String)
    }

    /// - Throws: for any other JSON value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let texts = try? container.decode([String].self) {
            self = .list(texts)
        } else {
            self = .longText(try container.decode(LongText.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let texts): try container.encode(texts)
        case .longText(let text): try container.encode(text)
        }
    }

    fileprivate var bounded: AuditValue {
        switch self {
        case .null, .bool, .number, .longText: return self
        case .text(let text): return Self.isLong(text) ? .longText(LongText(text)) : self
        case .list(let texts):
            let joined = texts.joined(separator: "\n")
            return Self.isLong(joined, AuditLimits.list) ? .longText(LongText(joined)) : self
        }
    }

    /// Looks no further than it must.
    private static func isLong(_ text: String, _ maximum: Int = AuditLimits.text) -> Bool {
        guard text.utf8.count > maximum else { return false }
        let scalars = text.unicodeScalars
        return scalars.index(
            scalars.startIndex, offsetBy: maximum + 1, limitedBy: scalars.endIndex) != nil
    }
}

// Each write with an audit entry stores snapshots: the coder would cost more than their rows.

extension AuditSnapshot: JSONByteWritable {
    /// The members in the order of their names.
    public func write(to writer: inout JSONByteWriter) {
        let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        writer.object {
            for (name, value) in sorted {
                $0.member(name)
                value.write(to: &$0)
            }
        }
    }
}

extension AuditValue: JSONByteWritable {
    /// The value alone.
    public func write(to writer: inout JSONByteWriter) {
        switch self {
        case .null: writer.append("null")
        case .bool(let flag): writer.append(flag ? "true" : "false")
        case .number(let number): writer.append(number: number)
        case .text(let text): writer.append(quoted: text)
        case .list(let texts): writer.append(array: texts) { $0.append(quoted: $1) }
        case .longText(let text):
            writer.object {
                $0.member("length", text.length)
                $0.member("prefix", text.prefix)
                $0.member("sha256", text.sha256)
            }
        }
    }
}

/// What bounds an audit entry, and so an answer that holds many.
public enum AuditLimits {
    /// Characters of a text that are kept as they are.
    public static let text = 256
    /// Characters of a list in all: the scopes of a token and the events of a webhook fit.
    public static let list = 1_024
    /// Bytes of an entry as JSON, however its texts are escaped. Snapshots have up to eight
    /// members, one of them a list; a dozen would fit.
    public static let entryBytes = 64 * 1_024
    /// Entries in one response to another service, which accepts 8 MiB (`ServiceClient`).
    public static let answer = 100
}
