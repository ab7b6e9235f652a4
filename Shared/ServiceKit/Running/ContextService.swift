import HTTPCore
import HTTPServer
import SQLite
import WriteKit

extension HTTPLimits {
    /// Leaves room for what the gateway adds to a request that just fits: our own names, which are
    /// longer than external ids, and the target that the client sent.
    public mutating func allowNames() {
        headBytes += targetBytes + 8 * 1024
        targetBytes += 4 * 1024
    }
}

/// The running service of a context: its port, its database, and its background work.
public final class ContextService: RunningService {
    /// The port that it listens on.
    public var port: UInt16 { server.port }
    /// The context's database.
    public let database: Database
    private let server: APIServer
    private let health: Health
    private let relays: EventRelays?
    private let leases: GrantedLeases?
    private let held: [any LeaseHolding]
    private let jobs: JobRunner?
    private let mail: MailWorker?
    private let resealer: Resealer?
    private let retention: Retention
    private let purging: Task<Void, Never>

    /// Serves `routes` and the health routes, to callers with an identity made for `name`.
    /// - Parameters:
    ///   - names: finds what requests name by external ids.
    ///   - relays: from the same database; nil if the context has no events.
    ///   - leases: on answers from the same database; nil for a context that grants none.
    ///   - jobs: of the same database; nil for a context that has none.
    ///   - mail: from the same database; nil for a context that sends none.
    ///   - resealer: of the same database; nil for a context that stores nothing sealed.
    ///   - export: what it has of a user; nil for a service without users' data.
    ///   - keeping: for how long it keeps what is the context's own.
    ///   - held: the leases of other services on which it answers.
    ///   - neighbours: the services that it calls, for the metrics.
    ///   - metrics: writes those of the context's own.
    public init(
        _ name: String, _ routes: [Route], names: any NameResolver, over database: Database,
        _ relays: EventRelays? = nil, leases: GrantedLeases? = nil,
        jobs: JobRunner? = nil, mail: MailWorker? = nil, resealer: Resealer? = nil,
        export: UserExport? = nil, keeping: [RetentionRule] = [], held: [any LeaseHolding] = [],
        neighbours: @escaping @Sendable () async -> [UpstreamState],
        metrics: @escaping @Sendable (inout MetricsText) -> Void = { _ in },
        _ settings: CommonSettings, _ runtime: Runtime
    ) async throws {
        let idempotency = IdempotencyKeys(
            database, clock: runtime.clock, days: settings.retention.responses)
        let retention = Retention(
            keeping + [
                .audit(days: settings.retention.audit),
                .tombstones(days: settings.retention.tombstones),
                .inbox(days: settings.retention.tombstones),
            ], of: database, runtime)
        health = Health([.database(database)], logger: runtime.logger, in: runtime.term) {
            $0.database(database.statistics)
            idempotency.writeMetrics(&$0)
            settings.keys.writeMetrics(of: name, &$0)
            relays?.writeMetrics(&$0)
            leases?.writeMetrics(&$0)
            jobs?.writeMetrics(&$0)
            retention.writeMetrics(&$0)
            mail?.writeMetrics(&$0)
            resealer?.writeMetrics(&$0)
            metrics(&$0)
            if !held.isEmpty { $0.leases(held.map(\.metrics)) }
            $0.upstreams(await neighbours())
        }
        var options = settings.server
        options.limits.allowNames()
        server = try await APIServer(
            routes + (leases.map { [Route.leases($0)] } ?? []) + health.routes
                + Maintenance(database, relays: relays, mail: mail).routes
                + (export.map { [Route.export($0, of: database)] } ?? []),
            options: options, runtime: runtime,
            idempotency: idempotency, names: names, publicURL: settings.publicURL
        ) {
            IdentityAuthenticator(
                audience: name, keys: settings.keys, clock: runtime.clock)
        }
        health.observe(server)
        self.database = database
        self.relays = relays
        self.leases = leases
        self.held = held
        self.jobs = jobs
        self.mail = mail
        self.resealer = resealer
        self.retention = retention
        retention.start()
        purging = Task { await idempotency.keepPurging(runtime.logger) }
    }

    /// Completes requests in flight, then stops the background work and closes the database.
    public func stop() async {
        health.drain()
        purging.cancel()
        leases?.stop()
        await server.drain()
        await relays?.stop()
        await jobs?.stop()
        await retention.stop()
        await mail?.stop()
        await resealer?.stop()
        for one in held { await one.stop() }
        await purging.value
        database.close()
    }
}
