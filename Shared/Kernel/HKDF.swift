/// HKDF with SHA-256 (RFC 5869): many keys from one secret, none of which reveals another.
public enum HKDF {
    /// - Parameters:
    ///   - secret: hard to guess, not necessarily evenly random; a password is not enough.
    ///   - info: what the key is for.
    ///   - count: at most 255 · 32 bytes (§2.3); of more, those.
    public static func derive(
        _ secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int
    ) -> [UInt8] {
        // No salt is 32 zeros (§2.2), and HMAC fills its key with zeros anyway.
        let mac = HMACSHA256(key: HMACSHA256(key: salt).authenticate(secret))
        var (key, block): ([UInt8], [UInt8]) = ([], [])
        var number: UInt8 = 0
        while key.count < count, number < .max {
            number += 1
            block = mac.authenticate(block + info + [number])
            key += block
        }
        return Array(key.prefix(max(0, count)))
    }
}
