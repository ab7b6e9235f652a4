/// The secrets of one setting: the first signs and seals, all of them verify and open. So a secret
/// can be replaced while the processes run, one after the other.
public struct SecretList: Sendable, Equatable {
    /// The most that a setting can have: each costs a computation for what none of them made.
    public static let maximum = 8

    /// The first signs and seals. At least one; empty bytes where the setting is missing.
    public let all: [[UInt8]]

    /// Names of the secrets, in their order.
    public let ids: [KeyID]

    public init(_ first: [UInt8], _ others: [[UInt8]] = []) {
        all = [first] + others
        ids = all.map(KeyID.init(of:))
    }

    /// Which secret signs and seals.
    public var first: [UInt8] { all[0] }
    /// Whether the setting is missing.
    public var isEmpty: Bool { first.isEmpty }
}

extension SecretList: CustomStringConvertible, CustomReflectable {
    public var description: String { "SecretList" }
    /// Hides the secrets from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Names a secret without revealing it: the same in all services, and part of what it has sealed.
public struct KeyID: Sendable, Hashable, CustomStringConvertible {
    /// How many bytes it has.
    public static let length = 4
    /// Derived from the secret: 4 bytes.
    public let bytes: [UInt8]

    /// - Parameter secret: at least 32 bytes that cannot be guessed.
    public init(of secret: [UInt8]) {
        bytes = HKDF.derive(secret, info: Array("latchkey key id".utf8), count: Self.length)
    }

    /// As it is stored: `length` bytes.
    public init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// Eight hexadecimal digits.
    public var description: String {
        bytes.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
