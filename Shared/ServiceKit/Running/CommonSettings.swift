import EventLoop
import HTTPCore
import HTTPServer
import Kernel

/// The settings of every executable.
public struct CommonSettings: Sendable {
    /// Where to listen, with limits and time-outs.
    public let server: ServerOptions
    /// Where databases and private files are.
    public let dataDirectory: String
    /// Whether Litestream replicates the database, and whether writes wait for it.
    public let replication: ReplicationSettings
    /// LATCHKEY_PUBLIC_URL; nil if it is not set.
    public let publicURL: PublicURL?
    /// From which the keys of identities are derived; nil where those are given one by one. Also in
    /// place of `LATCHKEY_ENCRYPTION_SECRET` where that is not set.
    public let internalSecrets: SecretList?
    /// Of the identities that services show each other.
    public let keys: ServiceKeys
    /// LATCHKEY_LOG.
    public let logFormat: Logger.Format
    /// LATCHKEY_LOG_LEVEL.
    public let logLevel: Logger.Level
    /// Event loops; 0 for one per core.
    public let loops: Int
    /// Microseconds for which a loop looks for events before it sleeps.
    public let spin: Int
    /// Shared by all servers of the process.
    public let bodies: BodyMemory
    /// The OpenTelemetry collector; nil for none.
    public let collector: ServiceURL?
    /// How many of the traces that begin here are sampled, in percent.
    public let traceSample: Int
    /// For how long things are kept.
    public let retention: RetentionSettings
    /// Milliseconds for which requests wait for a service that accepts no connections.
    public let restartPatience: Int
    /// For tests.
    public let faults: CrashPoints

    public init(_ settings: inout Settings, defaultPort: UInt16) {
        let host = settings.text(
            "LATCHKEY_HOST", default: "127.0.0.1", "Numeric address to listen on")
        let port = settings.port("LATCHKEY_PORT", default: defaultPort, "Port to listen on")
        if SocketAddress(host: host, port: port) == nil {
            settings.reject("LATCHKEY_HOST", "must be a numeric address such as 127.0.0.1 or ::1")
        }
        dataDirectory = settings.text(
            "LATCHKEY_DATA_DIR", default: ".data", "Data folder")
        replication = ReplicationSettings(&settings)
        publicURL = settings.publicURL()
        (internalSecrets, keys) = Self.keys(&settings)
        logFormat =
            settings.choice(
                "LATCHKEY_LOG", default: "json", "Log format", ["json", "text"],
                Logger.Format.init) ?? .json
        logLevel =
            settings.choice(
                "LATCHKEY_LOG_LEVEL", default: "info", "Minimum log level",
                Logger.Level.allCases.map { "\($0)" }, Logger.Level.init) ?? .info
        loops = settings.integer(
            "LATCHKEY_LOOPS", default: 0, in: 0...256,
            "Number of event loops (threads); 0 for one per core")
        spin = settings.integer(
            "LATCHKEY_SPIN", default: 100, in: 0...1_000,
            "Microseconds for which a busy loop looks for its next event before it sleeps; 0 for "
                + "the least CPU time")
        collector = settings.url(
            "LATCHKEY_OTLP_URL", default: "",
            "OpenTelemetry collector (OTLP/HTTP with JSON), such as http://127.0.0.1:4318; "
                + "none if empty")
        traceSample = settings.integer(
            "LATCHKEY_TRACE_SAMPLE", default: 100, in: 0...100,
            "Percentage of new traces that are sent to the collector")
        retention = RetentionSettings(&settings)
        restartPatience = settings.integer(
            "LATCHKEY_RESTART_PATIENCE", default: 3_000, in: 0...60_000,
            "Milliseconds for which requests to a service wait while it accepts no connections, "
                + "such as while it restarts, before they fail (503)")
        faults = CrashPoints(&settings)
        server = ServerOptions(&settings, host: host, port: port)
        bodies = BodyMemory(&settings, longest: server.limits.bodyBytes)
    }

    private static func keys(_ settings: inout Settings) -> (SecretList?, ServiceKeys) {
        let name = "LATCHKEY_INTERNAL_KEYS"
        let text = settings.text(
            name,
            "Keys of this service as printed by --derive-keys, instead of "
                + "LATCHKEY_INTERNAL_SECRET: a leak of them affects this service only. Of several "
                + "keys for the same two services, the first signs and all verify")
        let given = text.flatMap { ServiceKeys($0) }
        if text != nil, given == nil {
            settings.reject(name, "must be the output of --derive-keys")
        }
        for rule in given?.mistakes ?? [] { settings.reject(name, rule) }
        let secrets = settings.secrets(
            "LATCHKEY_INTERNAL_SECRET", minimumBytes: 32,
            "Secret to derive the keys that services sign their requests to each other with; "
                + "the same for all services", fallback: text == nil ? nil : SecretList([]))
        guard let given else { return (secrets, ServiceKeys(secrets)) }
        if !secrets.isEmpty { settings.reject(name, "and LATCHKEY_INTERNAL_SECRET are both set") }
        return (nil, given)
    }
}

extension CrashPoints {
    fileprivate init(_ settings: inout Settings) {
        let name = "LATCHKEY_FAULT_POINT"
        let words = CrashPoint.allCases.map(\.rawValue)
        let text = settings.text(
            name,
            "For crash tests: the step at which the process kills itself "
                + "(\(words.joined(separator: ", ")))")
        let point = text.flatMap { CrashPoint(rawValue: $0) }
        if text != nil, point == nil { settings.reject(name, Text.rule(among: words)) }
        self.init(point)
    }
}
