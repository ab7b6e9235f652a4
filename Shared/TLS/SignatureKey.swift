import Glibc

/// A public key of another party, by which signatures over SHA-256 are checked. The cryptography is
/// OpenSSL's.
public final class SignatureKey: @unchecked Sendable {  // never changed after init
    /// What it checks: the two algorithms of JWS that every issuer has (RFC 7518 §3.1).
    public enum Algorithm: String, Sendable, CaseIterable {
        /// RSASSA-PKCS1-v1_5.
        case rs256 = "RS256"
        /// ECDSA on the curve P-256.
        case es256 = "ES256"
    }

    /// Bits of an RSA modulus: no fewer (RFC 7518 §3.3), and no more than take a moment.
    public static let modulusBits = 2_048...8_192
    private static let coordinateBytes = 32

    /// Of its kind of key, and no other.
    public let algorithm: Algorithm
    private let key: OpaquePointer
    private let crypto: Libcrypto

    /// An RSA key. Nil for one that is too weak, too large or no key.
    /// - Parameters:
    ///   - modulus: big-endian.
    ///   - exponent: likewise.
    /// - Throws: where OpenSSL can't be loaded.
    public convenience init?(
        modulus: [UInt8], exponent: [UInt8]
    ) throws(TLSUnavailable) {
        let modulus = modulus.drop { $0 == 0 }
        let exponent = exponent.drop { $0 == 0 }
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        // Odd, as both are products of odd numbers; 3 or more; small, as a large one is slow.
        guard Self.modulusBits.contains(bits), modulus.last.map({ $0 & 1 == 1 }) == true,
            (1...4).contains(exponent.count), exponent.last.map({ $0 & 1 == 1 }) == true,
            exponent.count > 1 || exponent.first != 1
        else { return nil }
        let key = DER.sequence(DER.unsignedInteger(modulus), DER.unsignedInteger(exponent))
        // rsaEncryption (RFC 8017 §A.1).
        let identifier: [UInt8] = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]
        try self.init(
            .rs256, DER.sequence(DER.sequence(identifier, DER.null), DER.bitString(key)))
    }

    /// A key on P-256. Nil for what is no point of the curve.
    /// - Throws: where OpenSSL can't be loaded.
    public convenience init?(x: [UInt8], y: [UInt8]) throws(TLSUnavailable) {
        guard x.count == Self.coordinateBytes, y.count == Self.coordinateBytes else { return nil }
        // id-ecPublicKey and secp256r1 (RFC 5480 §2.1.1).
        let identifiers: [UInt8] = [
            6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1, 6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7,
        ]
        try self.init(.es256, DER.sequence(DER.sequence(identifiers), DER.bitString([4] + x + y)))
    }

    /// - Parameter info: a SubjectPublicKeyInfo (RFC 5280 §4.1).
    private init?(_ algorithm: Algorithm, _ info: [UInt8]) throws(TLSUnavailable) {
        crypto = try Libcrypto.shared.get()
        let crypto = crypto
        let key = info.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return crypto.readKey(nil, &start, buffer.count)
        }
        crypto.clearErrors()
        guard let key else { return nil }
        self.algorithm = algorithm
        self.key = key
    }

    deinit { crypto.freeKey(key) }

    /// Why no signature can be checked; nil if they can.
    public static var unavailable: TLSUnavailable? {
        do throws(TLSUnavailable) {
            _ = try Libcrypto.shared.get()
            return nil
        } catch {
            return error
        }
    }

    /// Whether the signature of JWS (RFC 7518 §3.3, §3.4) is this key's.
    public func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        var signature = signature
        if algorithm == .es256 {
            guard signature.count == 2 * Self.coordinateBytes else { return false }
            signature = DER.sequence(
                DER.unsignedInteger(signature.prefix(Self.coordinateBytes)),
                DER.unsignedInteger(signature.suffix(Self.coordinateBytes)))
        }
        guard let context = crypto.newContext() else { return false }
        defer {
            crypto.freeContext(context)
            crypto.clearErrors()
        }
        guard crypto.begin(context, nil, crypto.sha256(), nil, key) == 1 else { return false }
        return crypto.verify(context, signature, signature.count, message, message.count) == 1
    }
}
