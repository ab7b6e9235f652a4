import Glibc
import Kernel

/// An issuer's private key, with which tests sign tokens. The functions of libcrypto are found here
/// anew, since the product never signs.
public final class TestSigner: @unchecked Sendable {  // never changed after init
    enum Key {
        /// By the names of their parts in a JWK.
        case rsa([String: String])
        case p256([String: String])
    }

    private let parts: [String: String]
    private let isRSA: Bool
    private let key: OpaquePointer

    init(_ key: Key) {
        let bytes: [UInt8]
        switch key {
        case .rsa(let parts):
            (self.parts, isRSA) = (parts, true)
            // RFC 8017 §A.1.2.
            let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
            let numbers = names.flatMap { Self.integer(Self.bytes(parts[$0])) }
            bytes = Self.value(0x30, Self.integer([]) + numbers)
        case .p256(let parts):
            (self.parts, isRSA) = (parts, false)
            // RFC 5915 §3, with the curve's identifier.
            let curve: [UInt8] = [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]
            bytes = Self.value(
                0x30,
                Self.integer([1]) + Self.value(0x04, Self.bytes(parts["d"]))
                    + Self.value(0xA0, curve))
        }
        let made = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return Self.crypto.readKey(nil, &start, buffer.count)
        }
        guard let made else { preconditionFailure("no key of OpenSSL") }
        self.key = made
    }

    public var algorithm: String { isRSA ? "RS256" : "ES256" }

    /// The public key as an issuer publishes it.
    /// - Parameter more: further members, such as `"use": "enc"`.
    public func jwk(_ kid: String?, _ more: [String: String] = [:]) -> String {
        var members = isRSA ? ["kty": "RSA"] : ["kty": "EC", "crv": "P-256"]
        for name in isRSA ? ["n", "e"] : ["x", "y"] { members[name] = parts[name] }
        members["kid"] = kid
        members.merge(more) { $1 }
        let list = members.sorted { $0.key < $1.key }.map { "\"\($0)\":\"\($1)\"" }
        return "{\(list.joined(separator: ","))}"
    }

    /// A token in compact form.
    /// - Parameters:
    ///   - claims: a JSON object.
    ///   - header: one, in place of the usual.
    public func token(
        _ claims: String, kid: String? = nil, type: String? = "at+jwt", header: String? = nil
    ) -> String {
        var members = ["\"alg\":\"\(algorithm)\""]
        if let kid { members.append("\"kid\":\"\(kid)\"") }
        if let type { members.append("\"typ\":\"\(type)\"") }
        let header = header ?? "{\(members.joined(separator: ","))}"
        let signed = [header, claims].map { Base64URL.encode(Array($0.utf8)) }
            .joined(separator: ".")
        return "\(signed).\(Base64URL.encode(sign(Array(signed.utf8))))"
    }

    private func sign(_ message: [UInt8]) -> [UInt8] {
        let crypto = Self.crypto
        let context = crypto.newContext()
        defer { crypto.freeContext(context) }
        var signature = [UInt8](repeating: 0, count: 1_024)
        var count = signature.count
        guard crypto.begin(context, nil, crypto.sha256(), nil, key) == 1,
            crypto.sign(context, &signature, &count, message, message.count) == 1
        else { preconditionFailure("no signature of OpenSSL") }
        let bytes = Array(signature.prefix(count))
        return isRSA ? bytes : Self.joined(bytes)
    }

    /// r and s of 32 bytes each, from a sequence of two integers.
    private static func joined(_ der: [UInt8]) -> [UInt8] {
        var rest = der.dropFirst(2)
        var numbers: [UInt8] = []
        for _ in 0..<2 {
            let length = Int(rest[rest.startIndex + 1])
            let digits = rest.dropFirst(2).prefix(length).drop { $0 == 0 }
            numbers += [UInt8](repeating: 0, count: 32 - digits.count) + digits
            rest = rest.dropFirst(2 + length)
        }
        return numbers
    }

    private static func bytes(_ text: String?) -> [UInt8] {
        Base64URL.decode(Array((text ?? "").utf8)[...]) ?? []
    }

    // MARK: DER

    private static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let digits = Array(magnitude.drop { $0 == 0 })
        let isNegative = digits.first.map { $0 & 0x80 != 0 } ?? true
        return value(0x02, isNegative ? [0] + digits : digits)
    }

    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let (high, low) = (UInt8(content.count / 256), UInt8(content.count % 256))
        let length = content.count < 128 ? [low] : [0x82, high, low]
        return [tag] + length + content
    }

    // MARK: libcrypto

    private typealias Handle = OpaquePointer?

    private struct Functions: Sendable {
        let readKey:
            @convention(c) @Sendable (
                UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, Int
            ) -> Handle
        let newContext: @convention(c) @Sendable () -> Handle
        let freeContext: @convention(c) @Sendable (Handle) -> Void
        let sha256: @convention(c) @Sendable () -> Handle
        let begin:
            @convention(c) @Sendable (Handle, UnsafeMutableRawPointer?, Handle, Handle, Handle)
                -> Int32
        let sign:
            @convention(c) @Sendable (
                Handle, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?,
                UnsafePointer<UInt8>?, Int
            ) -> Int32
    }

    private static let crypto: Functions = {
        let library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL)
        func find<Function>(_ name: String) -> Function {
            guard let library, let address = dlsym(library, name) else {
                preconditionFailure("no \(name) in OpenSSL")
            }
            return unsafeBitCast(address, to: Function.self)
        }
        return Functions(
            readKey: find("d2i_AutoPrivateKey"), newContext: find("EVP_MD_CTX_new"),
            freeContext: find("EVP_MD_CTX_free"), sha256: find("EVP_sha256"),
            begin: find("EVP_DigestSignInit"), sign: find("EVP_DigestSign"))
    }()
}
