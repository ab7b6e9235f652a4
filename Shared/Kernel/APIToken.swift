/// The text form of API keys and session tokens: a prefix, 43 base62 characters of 256 random
/// bits, 6 base62 characters of their CRC-32. Precedent: GitHub's token format of 2021. The
/// checksum lets a secret scanner, and the gateway, turn a typo away without a look-up.
public enum APIToken {
    /// Both prefixes are 8 bytes long.
    public static let keyPrefix = "sk_live_"
    /// Of the token of a browser session.
    public static let sessionPrefix = "st_live_"

    private static let prefixLength = 8
    private static let randomLength = 43
    private static let length = 57

    /// A new token; `prefix` is `keyPrefix` or `sessionPrefix`. It is a secret: show it once and
    /// store its SHA-256.
    public static func make(prefix: String, random: any RandomSource) -> String {
        make(prefix: prefix, bytes: random.bytes(32))
    }

    /// The token of 32 bytes that nobody can guess.
    public static func make(prefix: String, bytes: [UInt8]) -> String {
        let secret = Base62.encode(bytes, width: randomLength)
        return prefix + secret + Base62.encode(CRC32.checksum(secret.utf8), width: 6)
    }

    /// Whether `bytes` can be a token at all. Needs no memory.
    public static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == length, hasPrefix(bytes) else { return false }
        let secretEnd = prefixLength + randomLength
        guard bytes[prefixLength...].allSatisfy(Base62.isDigit) else { return false }
        var checksum = CRC32.checksum(bytes[prefixLength..<secretEnd])
        var index = length
        while index > secretEnd {
            index -= 1
            guard bytes[index] == Base62.digits[Int(checksum % 62)] else { return false }
            checksum /= 62
        }
        return true
    }

    private static func hasPrefix(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes[0] == UInt8(ascii: "s")
            && (bytes[1] == UInt8(ascii: "k") || bytes[1] == UInt8(ascii: "t"))
            && bytes[2..<prefixLength].elementsEqual("_live_".utf8)
    }
}
