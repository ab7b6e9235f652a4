import EventLoop
import HTTPCore
import HTTPServer
import Kernel

/// What every executable asks of its environment.
public struct CommonSettings: Sendable {
    /// Where to listen, with limits and time-outs.
    public let server: ServerOptions
    public let dataDirectory: String
    /// Where clients reach the gateway; nil where nobody said.
    public let publicURL: PublicURL?
    /// From which the keys of identities are derived; nil where those are given one by one. Also in
    /// place of `LATCHKEY_ENCRYPTION_SECRET` where that is not set.
    public let internalSecret: [UInt8]?
    /// Of the identities that services show each other.
    public let keys: ServiceKeys
    public let logFormat: Logger.Format
    public let logLevel: Logger.Level
    public let loops: Int
    public let bodies: BodyMemory
    /// The OpenTelemetry collector; nil for none.
    public let collector: ServiceURL?
    /// How many of the traces that begin here are sampled, in percent.
    public let traceSample: Int
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
            "LATCHKEY_DATA_DIR", default: ".data", "Folder of the database")
        publicURL = settings.publicURL()
        (internalSecret, keys) = Self.keys(&settings)
        logFormat =
            settings.choice(
                "LATCHKEY_LOG", default: "json", "Format of the log", ["json", "text"],
                Logger.Format.init) ?? .json
        logLevel =
            settings.choice(
                "LATCHKEY_LOG_LEVEL", default: "info", "Least level that is logged",
                Logger.Level.allCases.map { "\($0)" }, Logger.Level.init) ?? .info
        loops = settings.integer(
            "LATCHKEY_LOOPS", default: 0, in: 0...256,
            "Event loops, each a thread; 0 for one per core")
        collector = settings.url(
            "LATCHKEY_OTLP_URL", default: "",
            "OpenTelemetry collector that takes OTLP/HTTP with JSON, such as "
                + "http://127.0.0.1:4318; none if empty")
        traceSample = settings.integer(
            "LATCHKEY_TRACE_SAMPLE", default: 100, in: 0...100,
            "Percent of the traces beginning here that go to the collector")
        faults = CrashPoints(&settings)
        server = ServerOptions(&settings, host: host, port: port)
        bodies = BodyMemory(&settings, longest: server.limits.bodyBytes)
    }

    private static func keys(_ settings: inout Settings) -> ([UInt8]?, ServiceKeys) {
        let name = "LATCHKEY_INTERNAL_KEYS"
        let text = settings.text(
            name,
            "Keys of this service alone, as --derive-keys prints them, in place of "
                + "LATCHKEY_INTERNAL_SECRET: who takes them can't sign as the other services")
        let given = text.flatMap { ServiceKeys($0) }
        if text != nil, given == nil {
            settings.reject(name, "must be what --derive-keys prints")
        }
        let secret = settings.secret(
            "LATCHKEY_INTERNAL_SECRET", minimumBytes: 32,
            "Secret from which the keys are derived with which the services sign what they tell "
                + "each other; the same for all", fallback: text == nil ? nil : [])
        guard let given else { return (secret, ServiceKeys(secret: secret)) }
        if !secret.isEmpty { settings.reject(name, "and LATCHKEY_INTERNAL_SECRET are both set") }
        return (nil, given)
    }
}

extension CrashPoints {
    fileprivate init(_ settings: inout Settings) {
        let name = "LATCHKEY_FAULT_POINT"
        let words = CrashPoint.allCases.map(\.rawValue).joined(separator: ", ")
        let text = settings.text(
            name, "For tests of crashes: the step at which the process kills itself (\(words))")
        let point = text.flatMap { CrashPoint(rawValue: $0) }
        if text != nil, point == nil { settings.reject(name, "must be one of \(words)") }
        self.init(point)
    }
}
