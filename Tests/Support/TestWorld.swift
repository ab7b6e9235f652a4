import Kernel
import SQLite
import Testing
import WriteKit

/// What the use cases of a context run on in its tests: a real database, and users and a time that
/// a test controls.
public protocol TestWorld: Sendable {
    var clock: FakeClock { get }
    var directory: FakeDirectory { get }
    var database: Database { get }

    /// Does one slice of a job.
    /// - Returns: whether there was one.
    func advanceJob(in tx: Transaction) throws -> Bool
}

extension TestWorld {
    /// A user who exists, with the address `<name>@example.com`.
    @discardableResult
    public func user(_ name: String, scopes: [String] = ["*"]) -> Caller {
        Caller(
            userId: directory.add(name), scopes: scopes, tokenId: "tok_\(name)",
            requestId: "r-\(name)")
    }

    /// A platform admin.
    public func admin(_ name: String = "root") -> Caller {
        Caller(
            userId: directory.add(name), isAdmin: true, tokenId: "tok_\(name)",
            requestId: "r-\(name)")
    }

    /// Time passes, so that what follows is newer.
    public func later(_ seconds: Int64 = 1) { clock.advance(seconds: seconds) }

    public func advanceJob() async throws -> Bool {
        try await database.write { try advanceJob(in: $0) }
    }

    public func finishJobs() async throws { while try await advanceJob() {} }

    /// The fault that `body` throws; it must not have changed anything.
    public func refusal<T>(
        fileID: String = #fileID, filePath: String = #filePath, line: Int = #line,
        column: Int = #column, _ body: () async throws -> T
    ) async throws -> Fault? {
        let before = try database.dump()
        let fault = await fault(
            fileID: fileID, filePath: filePath, line: line, column: column, body)
        let place = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
        #expect(try database.dump() == before, sourceLocation: place)
        return fault
    }
}

extension TestWorld {
    /// The database's error for `body`, which must leave nothing behind.
    public func violation(
        _ body: @escaping @Sendable (Transaction) throws -> Void
    ) async throws -> DatabaseError.Kind? {
        let before = try database.dump()
        let error = await #expect(throws: DatabaseError.self) { try await database.write(body) }
        #expect(try database.dump() == before)
        return error?.kind
    }

    /// The tables that don't check the types of their columns.
    public func laxTables() throws -> [String] {
        let tables = try database.read { db in
            try db.rows("PRAGMA table_list") { (name: $0.text(1), isStrict: $0.bool(5)) }
        }
        return tables.filter { !$0.isStrict && !$0.name.hasPrefix("sqlite_") }.map(\.name)
    }
}

extension DatabaseOptions {
    /// For use cases: a statement that would scan a table fails, but for small ones.
    public static func forUseCases(smallTables: Set<String> = []) -> DatabaseOptions {
        var options = DatabaseOptions()
        options.forbidTableScans = true
        options.smallTables = smallTables
        options.synchronousFull = false
        return options
    }
}
