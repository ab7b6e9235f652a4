/// The functions of OpenSSL 3 that are used here. The library is loaded when the process runs, so
/// that nothing needs it that sends no TLS.
final class OpenSSL: Sendable {
    typealias Handle = OpaquePointer?
    typealias Free = @convention(c) @Sendable (Handle) -> Void
    typealias Make = @convention(c) @Sendable () -> Handle
    typealias Get = @convention(c) @Sendable (Handle) -> Handle
    typealias Act = @convention(c) @Sendable (Handle) -> Int32
    typealias Pair = @convention(c) @Sendable (Handle, Handle) -> Int32
    typealias Name = @convention(c) @Sendable (Handle, UnsafePointer<CChar>?) -> Int32
    typealias Control =
        @convention(c) @Sendable (Handle, Int32, Int, UnsafeMutableRawPointer?) -> Int
    typealias Read = @convention(c) @Sendable (Handle, UnsafeMutableRawPointer?, Int32) -> Int32
    typealias Write = @convention(c) @Sendable (Handle, UnsafeRawPointer?, Int32) -> Int32

    // Contexts: settings shared by connections.
    let clientMethod: Make
    let newContext: Get
    let freeContext: Free
    let controlContext: Control
    let setOptions: @convention(c) @Sendable (Handle, UInt64) -> UInt64
    let setVerify: @convention(c) @Sendable (Handle, Int32, UnsafeRawPointer?) -> Void
    let trustSystem: Act
    let trustFile: Name
    let setProtocols: @convention(c) @Sendable (Handle, UnsafePointer<UInt8>?, UInt32) -> Int32

    // Connections.
    let new: Get
    let free: Free
    let control: Control
    let setBuffers: @convention(c) @Sendable (Handle, Handle, Handle) -> Void
    let setHost: Name
    let setHostFlags: @convention(c) @Sendable (Handle, UInt32) -> Void
    let parameters: Get
    let setAddress: Name
    let beginAsClient: Free
    let shakeHands: Act
    let read: Read
    let write: Write
    let error: @convention(c) @Sendable (Handle, Int32) -> Int32
    let shutDown: Act
    let verifyResult: @convention(c) @Sendable (Handle) -> Int

    // Sessions, by which a later connection needs no whole handshake.
    let session: Get
    let setSession: Pair
    let isResumable: Act
    let isResumed: Act
    let freeSession: Free

    // Memory from which a connection reads and into which it writes.
    let memoryMethod: Make
    let newBuffer: Get
    let readBuffer: Read
    let writeBuffer: Write
    let pending: @convention(c) @Sendable (Handle) -> Int

    let clearErrors: @convention(c) @Sendable () -> Void

    init(_ symbols: OpenSSLSymbols) throws(TLSUnavailable) {
        clientMethod = try symbols["TLS_client_method"]
        newContext = try symbols["SSL_CTX_new"]
        freeContext = try symbols["SSL_CTX_free"]
        controlContext = try symbols["SSL_CTX_ctrl"]
        setOptions = try symbols["SSL_CTX_set_options"]
        setVerify = try symbols["SSL_CTX_set_verify"]
        trustSystem = try symbols["SSL_CTX_set_default_verify_paths"]
        trustFile = try symbols["SSL_CTX_load_verify_file"]
        setProtocols = try symbols["SSL_CTX_set_alpn_protos"]
        new = try symbols["SSL_new"]
        free = try symbols["SSL_free"]
        control = try symbols["SSL_ctrl"]
        setBuffers = try symbols["SSL_set_bio"]
        setHost = try symbols["SSL_set1_host"]
        setHostFlags = try symbols["SSL_set_hostflags"]
        parameters = try symbols["SSL_get0_param"]
        setAddress = try symbols["X509_VERIFY_PARAM_set1_ip_asc"]
        beginAsClient = try symbols["SSL_set_connect_state"]
        shakeHands = try symbols["SSL_do_handshake"]
        read = try symbols["SSL_read"]
        write = try symbols["SSL_write"]
        error = try symbols["SSL_get_error"]
        shutDown = try symbols["SSL_shutdown"]
        verifyResult = try symbols["SSL_get_verify_result"]
        session = try symbols["SSL_get1_session"]
        setSession = try symbols["SSL_set_session"]
        isResumable = try symbols["SSL_SESSION_is_resumable"]
        isResumed = try symbols["SSL_session_reused"]
        freeSession = try symbols["SSL_SESSION_free"]
        memoryMethod = try symbols["BIO_s_mem"]
        newBuffer = try symbols["BIO_new"]
        readBuffer = try symbols["BIO_read"]
        writeBuffer = try symbols["BIO_write"]
        pending = try symbols["BIO_ctrl_pending"]
        clearErrors = try symbols["ERR_clear_error"]
    }
}
