/// The functions of OpenSSL 3 that check signatures. They are in libcrypto, which libssl brings
/// along.
struct Libcrypto: Sendable {
    typealias Handle = OpaquePointer?

    let readKey:
        @convention(c) @Sendable (
            UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, Int
        ) -> Handle
    let freeKey: @convention(c) @Sendable (Handle) -> Void
    let newContext: @convention(c) @Sendable () -> Handle
    let freeContext: @convention(c) @Sendable (Handle) -> Void
    let sha256: @convention(c) @Sendable () -> Handle
    let begin:
        @convention(c) @Sendable (Handle, UnsafeMutableRawPointer?, Handle, Handle, Handle) -> Int32
    let verify:
        @convention(c) @Sendable (Handle, UnsafePointer<UInt8>?, Int, UnsafePointer<UInt8>?, Int)
            -> Int32
    let clearErrors: @convention(c) @Sendable () -> Void

    /// Loaded once; never unloaded. Where TLS is used as well, its initialization is the same.
    static let shared = Result { () throws(TLSUnavailable) in
        _ = try OpenSSL.shared.get()
        return try Libcrypto(OpenSSLSymbols(OpenSSL.library))
    }

    private init(_ symbols: OpenSSLSymbols) throws(TLSUnavailable) {
        readKey = try symbols["d2i_PUBKEY"]
        freeKey = try symbols["EVP_PKEY_free"]
        newContext = try symbols["EVP_MD_CTX_new"]
        freeContext = try symbols["EVP_MD_CTX_free"]
        sha256 = try symbols["EVP_sha256"]
        begin = try symbols["EVP_DigestVerifyInit"]
        verify = try symbols["EVP_DigestVerify"]
        clearErrors = try symbols["ERR_clear_error"]
    }
}
