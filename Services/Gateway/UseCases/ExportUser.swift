import Contract
import FoundationEssentials
import GatewayContract
import Kernel
import SQLite
import WriteKit

/// Exports what all services have of a user.
struct UserExports: GatewayUseCases {
    /// A service's part of the export.
    struct Source: Sendable {
        let name: String
        let ask: @Sendable (ExportQuery) async throws -> ExportReply
    }

    let database: Database
    let ids: IDMinter
    /// In the order of the export.
    let sources: [Source]

    /// - Parameter services: besides the gateway.
    init(database: Database, ids: IDMinter, services: [Source]) {
        self.database = database
        self.ids = ids
        let own = Source(name: "gateway") { query in
            try database.read { try ExportedData.all.part(query, in: $0) }
        }
        sources = [own] + services
    }

    /// Admits users to their own account, and platform admins to everyone's.
    func find(_ id: String, by caller: Caller) throws -> User {
        try database.read { try Self.admitted(id, caller, $0) }
    }

    /// Writes it down, before anything is sent.
    func begin(_ id: String, by caller: Caller) -> PendingWrite<Void, (User, at: Timestamp)> {
        write(by: caller, admit: { try Self.admitted(id, caller, $0) }) { [audit] tx, user in
            try audit.record(.exported(user), by: caller, in: tx)
            return (user, at: tx.now)
        }
    }

    private static func admitted(
        _ id: String, _ caller: Caller, _ db: any Queryable
    ) throws -> User {
        try requireAccount(id, by: caller, in: db)
        guard let user = try UserStore.find(id, in: db) else { throw Fault.notFound }
        return user
    }

    /// The first part of each source: one that does not answer is known before the export begins.
    func firstParts(of user: User) async throws -> [ExportReply] {
        try await withThrowingTaskGroup(of: (Int, ExportReply).self) { group in
            for (index, source) in sources.enumerated() {
                group.addTask { (index, try await source.ask(Self.query(user, after: nil))) }
            }
            var parts: [(Int, ExportReply)] = []
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The next part of a source.
    func part(
        of user: User, from source: Source, after cursor: ExportCursor
    ) async throws -> ExportReply {
        try await source.ask(Self.query(user, after: cursor))
    }

    private static func query(_ user: User, after cursor: ExportCursor?) -> ExportQuery {
        ExportQuery(userId: user.id, email: user.email, after: cursor)
    }
}
