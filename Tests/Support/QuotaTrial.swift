import Kernel
import SQLite
import Testing
import WriteKit

/// Tries a quota as every quota must behave: the last one within it passes, one more is
/// 409 `quota_exceeded`, parallel requests never exceed it, what is deleted makes room, and 0 is
/// no limit.
/// - Parameters:
///   - used: how many the holder has already.
///   - free: deletes what `add` added; nil if nothing makes room.
///   - add: adds one for the holder; the numbers 0 to 29 are each used once.
/// - Returns: the use cases with the quota, which is used up.
@discardableResult
public func expectQuota<UseCases: Sendable, Added: Sendable>(
    _ quota: WritableKeyPath<UseCases, Quota>, of useCases: UseCases, used: Int = 0,
    fileID: String = #fileID, filePath: String = #filePath, line: Int = #line,
    column: Int = #column, free: ((UseCases, Added) async throws -> Void)? = nil,
    add: @escaping @Sendable (UseCases, Int) async throws -> Added
) async throws -> UseCases {
    let place = SourceLocation(fileID: fileID, filePath: filePath, line: line, column: column)
    func limited(_ limit: Int) -> UseCases {
        var limited = useCases
        limited[keyPath: quota].limit = limit
        return limited
    }
    let full = limited(used + 2)
    let first = try await add(full, 0)
    let result = await race(20) { _ = try await add(full, $0 + 1) }
    #expect(result.succeeded == 1, sourceLocation: place)
    #expect(Set(result.codes) == ["quota_exceeded"], sourceLocation: place)
    func expectFull(_ number: Int) async {
        let refused = await fault { try await add(full, number) }
        #expect(refused?.code == "quota_exceeded", sourceLocation: place)
        #expect(refused?.kind == .conflict, sourceLocation: place)
        #expect(refused?.members["limit"] == "\(used + 2)", sourceLocation: place)
    }
    await expectFull(21)
    if let free {
        try await free(full, first)
        _ = try await add(full, 22)
        await expectFull(23)
    }
    for number in 24..<27 { _ = try await add(limited(0), number) }
    return full
}

/// What the quotas count of rows that were there before a context had quotas: `quota holder used`.
public func countedQuotas(
    _ migrations: [Migration], of rows: @escaping @Sendable (Transaction) throws -> Void
) async throws -> [String] {
    let folder = try TemporaryFolder()
    let path = folder.path + "/old.sqlite"
    let index = try #require(migrations.firstIndex { $0.name == "quotas" })
    let old = try Database(
        path: path, migrations: Array(migrations[..<index]), readers: 0, clock: FakeClock())
    try await old.write(rows)
    old.close()
    let new = try Database(path: path, migrations: migrations, readers: 0, clock: FakeClock())
    defer { new.close() }
    return try new.read { db in
        try db.rows("SELECT quota || ' ' || holder || ' ' || used FROM quota_usage") {
            $0.text(0)
        }
    }.sorted()
}
