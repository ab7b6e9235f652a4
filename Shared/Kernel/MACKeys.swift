/// Keys that authenticate messages: the first signs, all of them verify.
public struct MACKeys: Sendable {
    private let keys: [HMACSHA256]

    /// - Parameter keys: at least one.
    public init(_ keys: [HMACSHA256]) { self.keys = keys }

    /// Those of all secrets of a setting.
    /// - Parameter purpose: keys of different purposes verify nothing of each other.
    public init(_ secrets: SecretList, purpose: String) {
        keys = secrets.all.map {
            HMACSHA256(key: HMACSHA256(key: $0).authenticate(Array(purpose.utf8)))
        }
    }

    /// With the first key: 32 bytes.
    public func authenticate(_ message: [UInt8]) -> [UInt8] { keys[0].authenticate(message) }

    /// With each key, in their order.
    public func all(_ message: [UInt8]) -> [[UInt8]] { keys.map { $0.authenticate(message) } }

    /// Whether one of the keys made `tag`.
    /// - Parameter length: of tags; shorter ones than 32 bytes are the beginnings of those.
    public func verify(_ tag: [UInt8], of message: [UInt8], length: Int = 32) -> Bool {
        position(of: tag, over: message, length: length) != nil
    }

    /// The place, from 0, of the key that made `tag`; nil if it is none of these.
    public func position(
        of tag: [UInt8], over message: [UInt8], length: Int = 32
    ) -> Int? {
        Self.position(of: tag, among: keys) { Array($0.authenticate(message).prefix(length)) }
    }

    /// Computes with all keys, whichever it is: the time says neither which key made a tag nor
    /// that none did.
    static func position<Key>(
        of tag: [UInt8], among keys: [Key], by authenticate: (Key) -> [UInt8]
    ) -> Int? {
        var found: Int?
        for (index, key) in keys.enumerated().reversed()
        where constantTimeEquals(tag, authenticate(key)) {
            found = index
        }
        return found
    }
}

extension MACKeys: CustomStringConvertible, CustomReflectable {
    public var description: String { "MACKeys" }
    /// Hides the keys from logs and dumps.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
