import Kernel
import SQLite
import Synchronization
import TestSupport
import Testing

@Suite struct TableWatchTests {
    private static let schema = Migration(
        "watched",
        """
        CREATE TABLE parents (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        CREATE TABLE children (
            id TEXT PRIMARY KEY, parent TEXT REFERENCES parents ON DELETE CASCADE, note TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX children_of ON children (parent);
        CREATE TABLE others (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
        INSERT INTO parents VALUES ('p');
        INSERT INTO children VALUES ('a', 'p', NULL), ('b', 'p', NULL);
        """)

    /// Records commits, and holds writes up while it `holds`.
    private final class Observer: ChangeObserver {
        struct State {
            var keys: [Set<String>] = []
            var opened: [Bool] = []
            var held: [CheckedContinuation<Void, Never>] = []
            var holds = false
            var isCommitting = false
        }
        let state = Mutex(State())

        func opened(isNew: Bool) {
            state.withLock {
                $0.opened.append(isNew)
                $0.isCommitting = false
            }
        }

        func committing() { state.withLock { $0.isCommitting = true } }

        func committed(_ keys: Set<String>) -> Int {
            state.withLock {
                #expect($0.isCommitting)
                $0.isCommitting = false
                $0.keys.append(keys)
                return $0.keys.count
            }
        }

        func settle(_ number: Int) async {
            await withCheckedContinuation { continuation in
                let holds = state.withLock { state in
                    if state.holds { state.held.append(continuation) }
                    return state.holds
                }
                if !holds { continuation.resume() }
            }
        }

        func settleAll() async {}

        func take() -> [Set<String>] {
            state.withLock { state in
                defer { state.keys = [] }
                return state.keys
            }
        }
    }

    private let folder: TemporaryFolder
    private let database: Database
    private let observer: Observer

    init() throws {
        let observer = Observer()
        folder = try TemporaryFolder()
        database = try openDatabase(folder, [Self.schema]) { options in
            options.watch = TableWatch(
                [TableWatch.Table("children", key: "row.id", columns: "id, parent")], observer)
        }
        self.observer = observer
    }

    @Test
    func
        `insertions, updates, deletions and cascades of a watched table are reported`()
        async throws
    {
        _ = try await database.write {
            try $0.execute("INSERT INTO children VALUES ('c', 'p', 'x')")
        }
        #expect(observer.take() == [["c"]])
        _ = try await database.write {
            try $0.execute("UPDATE children SET note = 'y' WHERE id = 'c'")
        }
        #expect(observer.take() == [])
        _ = try await database.write {
            try $0.execute("UPDATE children SET id = 'd' WHERE id = 'c'")
        }
        #expect(observer.take() == [["c", "d"]])
        _ = try await database.write { try $0.execute("INSERT INTO others VALUES ('o')") }
        #expect(observer.take() == [])
        _ = try await database.write { try $0.execute("DELETE FROM parents WHERE id = 'p'") }
        #expect(observer.take() == [["a", "b", "d"]])
        #expect(observer.state.withLock { $0.opened } == [true])
    }

    @Test func `what a failed write changed is not reported`() async throws {
        struct Refused: Error {}
        await #expect(throws: Refused.self) {
            try await database.write { tx in
                try tx.execute("DELETE FROM children WHERE id = 'a'")
                throw Refused()
            }
        }
        _ = try await database.write { try $0.execute("INSERT INTO others VALUES ('o')") }
        #expect(observer.take() == [])
    }

    @Test
    func `a write that changed a watched table waits for the observer, and no other write does`()
        async throws
    {
        observer.state.withLock { $0.holds = true }
        let database = database
        let waiting = Task {
            _ = try await database.write { try $0.execute("DELETE FROM children WHERE id = 'a'") }
        }
        let isHeld = await eventually { !observer.state.withLock { $0.held.isEmpty } }
        #expect(isHeld)
        _ = try await database.write { try $0.execute("INSERT INTO others VALUES ('o')") }
        let isKept = try database.read {
            try $0.row("SELECT 1 FROM children WHERE id = 'a'") { _ in true }
        }
        #expect(isKept == nil)
        observer.state.withLock { state in
            for one in state.held { one.resume() }
            state.held = []
        }
        try await waiting.value
    }

    @Test func `a migration can rebuild a watched table, and its changes are reported`()
        async throws
    {
        database.close()
        let rebuild = Migration(
            "rebuilt",
            """
            CREATE TABLE fresh (id TEXT PRIMARY KEY, parent TEXT, note TEXT) STRICT;
            INSERT INTO fresh SELECT * FROM children;
            DROP TABLE children;
            ALTER TABLE fresh RENAME TO children;
            """)
        let observer = observer
        let later = try openDatabase(folder, [Self.schema, rebuild]) { options in
            options.watch = TableWatch(
                [TableWatch.Table("children", key: "row.id", columns: "id, parent")], observer)
        }
        #expect(observer.take() == [])
        _ = try await later.write { try $0.execute("DELETE FROM children WHERE id = 'a'") }
        #expect(observer.take() == [["a"]])
        #expect(observer.state.withLock { $0.opened } == [true, false])
        later.close()
    }
}
