import Kernel
import SQLite
import Synchronization
import TestSupport

@testable import Mail

/// A database with mails, for tests.
final class MailWorld: Sendable {
    let folder: TemporaryFolder
    let clock = FakeClock()
    let database: Database
    let outbox: MailOutbox
    let lines = Mutex<[String]>([])

    /// - Parameters:
    ///   - folder: an earlier world's, to continue with its database.
    ///   - explains: whether query plans can be read, without the rule against scans.
    init(
        in folder: TemporaryFolder? = nil, secret: String = "one", explains: Bool = false
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        var options = DatabaseOptions()
        options.forbidTableScans = !explains
        database = try Database(
            path: self.folder.path + "/test.sqlite",
            migrations: [
                Migration("mails", mailSchema),
                Migration("tries of mails", mailTriesSchema),
                Migration(
                    "outcomes", "CREATE TABLE outcomes (id TEXT PRIMARY KEY, is_sent INT) STRICT"),
            ], readers: 0, clock: clock, options: options)
        let keys = SealingKeys(SecretList(Array(secret.utf8)), purpose: "test")
        outbox = MailOutbox(
            keys: keys, ids: IDMinter(clock: clock, random: SystemRandom()), random: SystemRandom())
    }

    @discardableResult
    func add(to: String = "ada@example.com", text: String = "Hello", about: String? = nil)
        async throws -> String
    {
        let message = try Sample.message(to: to, text: text)
        return try await database.write { [outbox] in
            try outbox.add(message, about: about, in: $0)
        }
    }

    func find(_ id: String) throws -> MailRecord? {
        try database.read { try MailOutbox.find(id, in: $0) }
    }

    var pending: Int {
        get throws { try database.read { try MailStore.backlog(in: $0).count } }
    }

    /// A relay that isn't started, with short waits: what is late by the wall clock is
    /// late by `clock` in these tests.
    func relay(
        _ target: any MailTarget, _ change: (inout MailRelay.Options) -> Void = { _ in },
        settled: @escaping MailRelay.Settled = { _, _ in }
    ) -> MailRelay {
        var options = MailRelay.Options()
        options.pollMilliseconds = 5
        options.pauses = [10]
        options.graceMilliseconds = 10_000
        change(&options)
        return MailRelay(
            outbox, from: database, to: target, clock: clock, options: options,
            report: { line in self.lines.withLock { $0.append(line) } }, settled: settled)
    }
}

/// Accepts every mail, except where a test differs.
final class FakeTarget: MailTarget {
    let concurrency: Int
    private let act: @Sendable (OutgoingMail, Int) async -> MailFailure?
    private let taken = Mutex<[OutgoingMail]>([])
    private let tried = Mutex<[String]>([])
    private let running = Mutex((now: 0, most: 0))

    /// - Parameter act: the result of a mail's attempt, counted from 0.
    init(
        concurrency: Int = 4,
        _ act: @escaping @Sendable (OutgoingMail, Int) async -> MailFailure? = { _, _ in nil }
    ) {
        self.concurrency = concurrency
        self.act = act
    }

    var mails: [OutgoingMail] { taken.withLock { $0 } }
    var ids: [String] { mails.map(\.id) }
    /// Ids of all attempts.
    var attempts: [String] { tried.withLock { $0 } }
    /// The most concurrent deliveries.
    var most: Int { running.withLock { $0.most } }

    func deliver(_ mail: OutgoingMail) async throws(MailFailure) {
        let number = tried.withLock { tried in
            defer { tried.append(mail.id) }
            return tried.count { $0 == mail.id }
        }
        running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
        defer { running.withLock { $0.now -= 1 } }
        if let failure = await act(mail, number) { throw failure }
        taken.withLock { $0.append(mail) }
    }
}
