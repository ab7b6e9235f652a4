import SQLite

/// The running service of a context: its port, its database, and what it does by itself.
public final class ContextService: RunningService {
    public var port: UInt16 { server.port }
    public let database: Database
    private let server: APIServer
    private let health: Health
    private let relays: EventRelays
    private let purging: Task<Void, Never>

    /// From now on old answers are deleted, and the health routes count the server's requests.
    public init(
        _ server: APIServer, _ database: Database, _ relays: EventRelays,
        _ idempotency: IdempotencyKeys, _ health: Health, _ logger: Logger
    ) {
        self.server = server
        self.database = database
        self.relays = relays
        self.health = health
        health.observe(server)
        purging = Task { await idempotency.keepPurging(logger) }
    }

    public func stop() async {
        health.drain()
        purging.cancel()
        await server.drain()
        await relays.stop()
        await purging.value
        database.close()
    }
}
