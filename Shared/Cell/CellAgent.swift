import EventLoop
import FoundationEssentials
import Glibc
import Kernel
import ObjectStorage
import ServiceKit
import Synchronization

/// What the agent shows to others.
final class StatusBoard: Sendable {
    private let state = Mutex(CellAgent.Status())

    var current: CellAgent.Status { state.withLock { $0 } }

    func withLock(_ change: (inout CellAgent.Status) -> Void) { state.withLock { change(&$0) } }
}

/// Keeps one machine of a cell: as the holder of the lease it has Litestream replicate the
/// databases, as a standby it follows. One thread does everything, in steps.
final class CellAgent {
    struct Status: Sendable {
        var role = "standby"
        var reign: UInt64 = 0
        var takeovers = 0
        var lost = 0
        /// Seconds that the last takeover took, from the lease to Litestream.
        var promotion = 0.0
        var failure: String?
    }

    private enum Role {
        case standby
        /// The lease is ours; the copies are brought to what the previous reign has acknowledged.
        case catchingUp(Promotion)
        case holder(reign: UInt64)
    }

    private static let pause: UInt32 = 20_000
    /// Milliseconds until a request that failed is sent again.
    private static let retry = 250

    let status = StatusBoard()
    let restraint = Restraint()
    private let settings: CellSettings
    private let logger: Logger
    private let lease: CellLease
    private let history: History
    private let litestream: Litestream
    private var keeper: LeaseKeeper<BucketLease>
    private var role = Role.standby
    private var nextStep = Ticks(nanoseconds: 0)
    private var nextFollow = Ticks(nanoseconds: 0)
    /// The reign that the copies follow.
    private var followed: UInt64?
    private var lastFailure = ""

    init(_ settings: CellSettings, path: String, environment: [String], _ logger: Logger) throws {
        self.settings = settings
        self.logger = logger
        lease = try CellLease("\(settings.folder)/lease", isOwner: true)
        let objects: S3Objects
        do throws(StorageFailure) {
            objects = try S3Objects(settings.bucket)
        } catch {
            throw StartFailure("the storage's settings can't be used: \(error)")
        }
        let patience = settings.ttl / 4
        history = History(objects: objects, cell: settings.name, patience: 2_000)
        keeper = LeaseKeeper(
            BucketLease(objects: objects, cell: settings.name, patience: patience),
            owner: Base62.encode(SystemRandom().bytes(12), width: 17), ttl: settings.ttl,
            restraint: restraint
        ) { Ticks.nowWithSleep }
        litestream = Litestream(settings, path: path, more: environment)
    }

    /// Until `isStopping`.
    func run(until isStopping: () -> Bool) {
        while !isStopping() {
            if Ticks.nowWithSleep >= nextStep { step() }
            do {
                try work()
            } catch {
                fail("\(error)")
            }
            usleep(Self.pause)
        }
        stop()
    }

    /// Hands over: what is committed is uploaded before another machine may begin.
    private func stop() {
        lease.end()
        let wasHolder = keeper.isHolder
        litestream.stopReplicating(finishing: true)
        for copy in settings.databases { litestream.stopFollowing(copy) }
        guard wasHolder else { return }
        do {
            try keeper.release()
            logger.info("released the lease")
        } catch {
            logger.warning("can't release the lease", ["error": "\(error)"])
        }
    }

    // MARK: The lease

    private func step() {
        let event = keeper.step()
        handle(event)
        let wait =
            switch event {
            case .failed: Self.retry
            case .standby, .vacant: settings.ttl / 16
            case .took, .renewed, .lost: settings.ttl / 4
            }
        nextStep = Ticks.nowWithSleep.adding(milliseconds: wait)
    }

    private func handle(_ event: LeaseKeeper<BucketLease>.Event) {
        switch event {
        case .standby: break
        case .vacant: found()
        case .took(let reign): begin(reign)
        case .renewed: believe()
        case .lost: lose()
        case .failed(let reason):
            fail("the lease: \(reason)")
            return believeInPeers()
        }
        lastFailure = ""
    }

    private func fail(_ reason: String) {
        status.withLock { $0.failure = reason }
        // The same every quarter of a second says nothing new.
        guard reason != lastFailure else { return }
        lastFailure = reason
        logger.warning("the cell's agent has a problem", ["reason": reason])
    }

    /// Services may answer for as long as the lease is believed in.
    private func believe() {
        guard case .holder(let reign) = role, let until = keeper.until else { return }
        lease.hold(reign, until: until)
        status.withLock { $0.failure = nil }
    }

    /// Without the bucket, what this machine reads is true for as long as nobody takes over.
    private func believeInPeers() {
        guard case .holder(let reign) = role, !settings.peers.isEmpty else { return }
        let start = Ticks.nowWithSleep
        let peers = Peers(settings)
        guard peers.allPromise(reign) else { return }
        lease.holdReads(until: start.adding(milliseconds: settings.ttl - settings.ttl / 4))
    }

    /// The first reign: with the databases of this machine, if it has some.
    private func found() {
        do {
            guard try history.isEmpty() else {
                return fail(
                    "the bucket has transactions of \(settings.name), but no lease: restore its "
                        + "lease.json, or choose another LATCHKEY_CELL_NAME")
            }
        } catch {
            return fail("the bucket: \(error)")
        }
        if case .took(let reign) = keeper.found() { begin(reign) }
    }

    private func begin(_ reign: UInt64) {
        logger.info("took the lease", ["reign": "\(reign)"])
        status.withLock { $0.takeovers += 1 }
        role = .catchingUp(
            Promotion(to: reign, of: settings.databases, followed: followed, history, litestream))
    }

    private func lose() {
        logger.warning("lost the lease: another machine has taken over")
        lease.end()
        litestream.stopReplicating(finishing: false)
        if case .catchingUp(let promotion) = role { promotion.abandon() }
        role = .standby
        followed = nil
        status.withLock {
            $0.role = "standby"
            $0.lost += 1
        }
    }

    // MARK: The databases

    private func work() throws {
        switch role {
        case .standby: try follow()
        case .catchingUp(let promotion):
            guard try promotion.advance() else { return }
            try mark()
            try litestream.replicate(in: promotion.reign)
            guard litestream.isReplicating else { return }
            let seconds = Ticks.nowWithSleep.seconds(since: promotion.start)
            logger.info(
                "holds the cell", ["reign": "\(promotion.reign)", "seconds": "\(seconds)"])
            role = .holder(reign: promotion.reign)
            followed = nil
            status.withLock {
                $0.role = "holder"
                $0.reign = promotion.reign
                $0.promotion = seconds
            }
            believe()
        case .holder(let reign):
            guard !litestream.isRunning else { return }
            logger.error("Litestream has ended, starting it again")
            try litestream.replicate(in: reign)
        }
    }

    /// Keeps a follower for each database.
    private func follow() throws {
        guard let reign = keeper.reign, Ticks.nowWithSleep >= nextFollow else { return }
        nextFollow = Ticks.nowWithSleep.adding(milliseconds: Self.retry)
        if followed != reign {
            for copy in settings.databases { litestream.stopFollowing(copy) }
            followed = reign
            status.withLock { $0.reign = reign }
        }
        for copy in settings.databases where !litestream.isFollowing(copy) {
            // Not before there is something better.
            guard try history.has(copy.name, in: reign) else { continue }
            guard try isOurs(copy) else { continue }
            guard copy.remove() else {
                fail("\(copy.path) is still open: waiting for its service")
                continue
            }
            try mark()
            try litestream.follow(copy, in: reign)
        }
    }

    private var marker: String { "\(settings.folder)/cell" }

    /// Notes that the databases here are copies of the cell's.
    private func mark() throws {
        guard access(marker, F_OK) != 0 else { return }
        try Data(settings.name.utf8).write(to: URL(filePath: marker))
    }

    /// A database that has never been the cell's is not replaced.
    private func isOurs(_ copy: DatabaseCopy) throws -> Bool {
        guard copy.exists else { return true }
        let text = FileManager.default.contents(atPath: marker)
        guard text.map({ String(decoding: $0, as: UTF8.self) }) != settings.name else {
            return true
        }
        fail(
            "\(copy.path) is not a copy of \(settings.name): move it away to follow the cell")
        return false
    }
}
