import Glibc

extension OpenSSL {
    /// Debian's package is libssl3, on which curl depends.
    static let library = "libssl.so.3"

    /// Loaded once; never unloaded.
    static let shared = Result { () throws(TLSUnavailable) in try OpenSSL(library) }

    convenience init(_ library: String) throws(TLSUnavailable) {
        let symbols = try OpenSSLSymbols(library)
        try self.init(symbols)
        // Its clean-up at the process's end would run beside threads that still use it.
        let start: @convention(c) (UInt64, UnsafeRawPointer?) -> Int32 =
            try symbols["OPENSSL_init_ssl"]
        guard start(OpenSSLConstants.noCleanUp, nil) == 1 else {
            throw TLSUnavailable(reason: "\(library) can't be initialized")
        }
    }

    fileprivate static var lastError: String {
        dlerror().map { String(cString: $0) } ?? "unknown error"
    }
}

/// Finds functions in a library and in those that it depends on: those of libcrypto, too.
struct OpenSSLSymbols {
    private let handle: UnsafeMutableRawPointer

    init(_ library: String) throws(TLSUnavailable) {
        guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
            throw TLSUnavailable(reason: OpenSSL.lastError)
        }
        self.handle = handle
    }

    subscript<Function>(_ name: String) -> Function {
        get throws(TLSUnavailable) {
            guard let address = dlsym(handle, name) else {
                throw TLSUnavailable(reason: OpenSSL.lastError)
            }
            return unsafeBitCast(address, to: Function.self)
        }
    }
}

/// Why there is no TLS.
public struct TLSUnavailable: Error, Sendable, Equatable {
    /// For the log.
    public let reason: String
}

/// From ssl.h, tls1.h, x509v3.h and crypto.h of OpenSSL 3.
enum OpenSSLConstants {
    static let noCleanUp: UInt64 = 0x0008_0000
    static let minimumVersion: Int32 = 123
    static let version12 = 0x0303
    static let mode: Int32 = 33
    static let releaseBuffers = 0x10
    static let noRenegotiation: UInt64 = 1 << 30
    static let verifyNothing: Int32 = 0
    static let verifyPeer: Int32 = 1
    /// Server Name Indication.
    static let hostName: Int32 = 55
    static let noPartialWildcards: UInt32 = 0x4
    static let neverSubject: UInt32 = 0x20
    static let wantsRead: Int32 = 2
}
