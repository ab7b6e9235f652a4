import HTTPCore
import HTTPServer

extension ServerOptions {
    /// The limits and time-outs of a server, each with the default that its declaration explains.
    init(_ settings: inout Settings, host: String, port: UInt16) {
        self.init()
        self.host = host
        self.port = port
        readLimits(&settings)
        readTimes(&settings)
    }

    private mutating func readLimits(_ settings: inout Settings) {
        limits.headBytes = settings.integer(
            "LATCHKEY_HEAD_BYTES", default: limits.headBytes, in: 1024...1_048_576,
            "Maximum size of a request's head in bytes (else 431)")
        limits.targetBytes = settings.integer(
            "LATCHKEY_TARGET_BYTES", default: limits.targetBytes, in: 256...65_536,
            "Maximum size of a request's target in bytes (else 414)")
        limits.fieldCount = settings.integer(
            "LATCHKEY_HEAD_FIELDS", default: limits.fieldCount, in: 10...1000,
            "Maximum number of header fields (else 431)")
        limits.bodyBytes = settings.integer(
            "LATCHKEY_BODY_BYTES", default: limits.bodyBytes, in: 1024...1_073_741_824,
            "Maximum size of a body in bytes (else 413)")
        connectionsPerLoop = settings.integer(
            "LATCHKEY_CONNECTIONS", default: connectionsPerLoop, in: 1...1_000_000,
            "Maximum number of connections per event loop (else 503)")
    }

    private mutating func readTimes(_ settings: inout Settings) {
        headTimeout = settings.integer(
            "LATCHKEY_HEAD_TIMEOUT", default: headTimeout, in: 10...600_000,
            "Timeout for a request's head in milliseconds (then 408)")
        bodyIdleTimeout = settings.integer(
            "LATCHKEY_BODY_TIMEOUT", default: bodyIdleTimeout, in: 10...600_000,
            "Timeout without a byte of a body in milliseconds (then 408)")
        bodyMinimumRate = settings.integer(
            "LATCHKEY_BODY_RATE", default: bodyMinimumRate, in: 0...1_048_576,
            "Minimum average rate of a body in bytes per second, after its first 10 s")
        idleTimeout = settings.integer(
            "LATCHKEY_IDLE_TIMEOUT", default: idleTimeout, in: 10...3_600_000,
            "Timeout of an idle connection in milliseconds")
        writeTimeout = settings.integer(
            "LATCHKEY_WRITE_TIMEOUT", default: writeTimeout, in: 10...600_000,
            "Write timeout in milliseconds")
    }
}

extension BodyMemory {
    /// - Parameter longest: bytes that one body may have.
    convenience init(_ settings: inout Settings, longest: Int) {
        let limit = settings.integer(
            "LATCHKEY_BODY_MEMORY", default: max(64 * 1024 * 1024, longest),
            in: 65_536...1_099_511_627_776,
            "Maximum memory of all request bodies in bytes (else 503)")
        let share = settings.integer(
            "LATCHKEY_BODY_MEMORY_CALLER", default: max(8 * 1024 * 1024, longest),
            in: 65_536...1_099_511_627_776,
            "Maximum memory of the request bodies of one user, or of one client address without "
                + "a valid token, in bytes (else 429)")
        if share < longest {
            settings.reject(
                "LATCHKEY_BODY_MEMORY_CALLER",
                "must be at least LATCHKEY_BODY_BYTES (\(longest)), so that the longest body fits")
        }
        if limit < share {
            settings.reject(
                "LATCHKEY_BODY_MEMORY", "must be at least LATCHKEY_BODY_MEMORY_CALLER (\(share))")
        }
        self.init(limit: limit, share: share)
    }
}
