import Kernel

/// A JSON value of a SCIM message. Names of attributes are compared without case (RFC 7643 §2.1).
public indirect enum SCIMValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case decimal(Double)
    case string(String)
    case array([SCIMValue])
    case object(SCIMObject)

    /// The text, if it is one.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The truth value, if it is one.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The items, if it is a list.
    public var items: [SCIMValue]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    /// The members, if it is an object.
    public var object: SCIMObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// Whether it stands for no value: RFC 7643 §2.5 treats null and the empty list alike.
    public var isUnassigned: Bool { self == .null || self == .array([]) }

    /// A member of an object.
    public subscript(_ name: String) -> SCIMValue? { object?[name] }
}

/// The members of an object. Their order has no meaning (RFC 8259 §4).
public struct SCIMObject: Sendable {
    /// A name and its value.
    public struct Member: Sendable, Equatable {
        /// As it was given.
        public let name: String
        /// Its value.
        public var value: SCIMValue
    }

    /// Each name once.
    public private(set) var members: [Member] = []

    public init() {}

    public init(_ members: [(String, SCIMValue)]) {
        for (name, value) in members { self[name] = value }
    }

    /// The value of a name in any case; assigning nil removes it.
    public subscript(_ name: String) -> SCIMValue? {
        get { members.first { AttributeName.areSame($0.name, name) }?.value }
        set {
            let index = members.firstIndex { AttributeName.areSame($0.name, name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension SCIMObject: Equatable {
    /// Also of objects whose members are in another order.
    public static func == (a: SCIMObject, b: SCIMObject) -> Bool {
        a.members.count == b.members.count
            && a.members.allSatisfy { b[$0.name] == $0.value }
    }
}

extension SCIMValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(arrayLiteral elements: SCIMValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, SCIMValue)...) {
        self = .object(SCIMObject(elements))
    }
}

/// Names of attributes.
public enum AttributeName {
    /// Whether two names differ in ASCII case at most.
    public static func areSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count
            && zip(a.utf8, b.utf8).allSatisfy { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        (65...90).contains(byte) ? byte + 32 : byte
    }
}

extension SCIMValue: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Name.self) {
            var object = SCIMObject()
            // A decoder has them in any order; of names that differ in case the last one counts.
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                object[key.stringValue] = try container.decode(SCIMValue.self, forKey: key)
            }
            self = .object(object)
            return
        }
        if var container = try? decoder.unkeyedContainer() {
            var items: [SCIMValue] = []
            while !container.isAtEnd { items.append(try container.decode(SCIMValue.self)) }
            self = .array(items)
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .decimal(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let object):
            var container = encoder.container(keyedBy: Name.self)
            for member in object.members {
                try container.encode(member.value, forKey: Name(member.name))
            }
        case .array(let items):
            var container = encoder.unkeyedContainer()
            for item in items { try container.encode(item) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .bool(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .decimal(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            default: try container.encodeNil()
            }
        }
    }
}
