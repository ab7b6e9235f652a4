import Glibc

/// How connections to TLS servers are made: TLS 1.2 or later, with a certificate that is valid,
/// trusted and for the server's name, unless that is not to be checked. One serves all connections.
public final class TLSClient: @unchecked Sendable {  // never changed after init
    let openSSL: OpenSSL
    /// OpenSSL counts the references to it.
    let context: OpaquePointer

    /// - Parameters:
    ///   - application: the protocol that a server is asked to speak (RFC 7301); nil for one that
    ///     has no name there.
    ///   - certificates: a file of those to trust in place of the system's. Which are the system's
    ///     is set with `SSL_CERT_FILE` and `SSL_CERT_DIR`, as for all that use OpenSSL.
    ///   - checksServer: false accepts any certificate, which protects only against those who
    ///     listen (RFC 7435).
    public convenience init(
        for application: String? = "http/1.1", trusting certificates: String? = nil,
        checksServer: Bool = true
    ) throws(TLSUnavailable) {
        try self.init(OpenSSL.shared.get(), application, certificates, checksServer)
    }

    /// - Parameter library: the library's file; for tests.
    package convenience init(library: String) throws(TLSUnavailable) {
        try self.init(OpenSSL(library), nil, nil, true)
    }

    private init(
        _ openSSL: OpenSSL, _ application: String?, _ certificates: String?, _ checksServer: Bool
    ) throws(TLSUnavailable) {
        self.openSSL = openSSL
        openSSL.clearErrors()
        guard let context = openSSL.newContext(openSSL.clientMethod()) else {
            throw TLSUnavailable(reason: "no memory for a TLS context")
        }
        self.context = context
        typealias Constant = OpenSSLConstants
        let isVersionSet = openSSL.controlContext(
            context, Constant.minimumVersion, Constant.version12, nil)
        // An idle connection then keeps no buffers of 16 KiB.
        _ = openSSL.controlContext(context, Constant.mode, Constant.releaseBuffers, nil)
        _ = openSSL.setOptions(context, Constant.noRenegotiation)
        openSSL.setVerify(
            context, checksServer ? Constant.verifyPeer : Constant.verifyNothing, nil)
        // RFC 7301 §3.1: length and name.
        let name = application.map { [UInt8(clamping: $0.utf8.count)] + Array($0.utf8) } ?? []
        let isTrustSet =
            certificates.map { openSSL.trustFile(context, $0) } ?? openSSL.trustSystem(context)
        // For this function alone, 0 is success.
        guard isVersionSet == 1, isTrustSet == 1,
            name.isEmpty || openSSL.setProtocols(context, name, UInt32(name.count)) == 0
        else { throw TLSUnavailable(reason: "the trusted certificates can't be read") }
    }

    deinit { openSSL.freeContext(context) }
}

/// What a server has given to resume a session with it (RFC 8446 §2.2): the next connection needs
/// neither certificates nor a signature. Only for connections to the same name.
public final class TLSTicket {
    let session: OpaquePointer
    private let openSSL: OpenSSL

    init?(of connection: OpaquePointer, _ openSSL: OpenSSL) {
        guard let session = openSSL.session(connection) else { return nil }
        self.session = session
        self.openSSL = openSSL
        guard openSSL.isResumable(session) == 1 else { return nil }
    }

    deinit { openSSL.freeSession(session) }
}
