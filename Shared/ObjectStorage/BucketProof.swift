import EventLoop
import Kernel
import Synchronization

/// Checks whether a bucket can be used with the given credentials, by writing a small object,
/// reading it and deleting it: the permissions that storing needs, and no others.
public final class BucketProof: Sendable {
    /// Limits of a check.
    public struct Options: Sendable {
        /// Whether servers in private networks and on this machine can be checked.
        public var allowsPrivate = false
        /// Whether failures at such a server reveal only whether it is storage and how that
        /// refuses: if they revealed whether something listens, speaks TLS or sends another
        /// response, the check could scan our network.
        public var hidesPrivate = true
        /// For a whole check.
        public var deadlineMilliseconds = 8_000
        /// Concurrent checks; more fail with `busy`.
        public var limit = 16

        public init() {}
    }

    /// Whether this machine has what a check needs: curl(1).
    public static var isPossible: Bool { Curl.executable != nil }

    private let options: Options
    private let clock: any Clock
    private let random: any RandomSource
    private let lookUp: @Sendable (String) -> [IPAddress]
    private let running = Mutex(0)

    /// - Parameter lookUp: the addresses of a name; can block.
    public init(
        _ options: Options = Options(), clock: any Clock = SystemClock(),
        random: any RandomSource = SystemRandom(),
        lookUp: @escaping @Sendable (String) -> [IPAddress] = HostLookup.addresses
    ) {
        self.options = options
        self.clock = clock
        self.random = random
        self.lookUp = lookUp
    }

    /// Returns if the bucket can be used. Cancellation does not end it early, so that no object
    /// remains.
    public func prove(_ bucket: S3Bucket) async throws(StorageFailure) {
        let end = Ticks.now.adding(milliseconds: options.deadlineMilliseconds)
        if let fault = bucket.fault { throw fault }
        guard let endpoint = HTTPOrigin(bucket.endpoint) else { throw .endpoint }
        guard let slot = Slot(self) else { throw .busy }
        let failure = await withCheckedContinuation {
            (continuation: CheckedContinuation<StorageFailure?, Never>) in
            // Name lookups have no deadline: either they or the timer resume first.
            let turn = Turn()
            let limit = Ticks.now.milliseconds(until: end)
            let timer = Task {
                try? await Task.sleep(for: .milliseconds(limit))
                if turn.take() { continuation.resume(returning: shown(.dns, at: [])) }
            }
            // A thread of its own, so that no thread of the task pool blocks.
            onDetachedThread { [self] in
                let addresses = lookUp(endpoint.host)
                guard turn.take() else { return slot.release() }
                timer.cancel()
                let failure = judge(addresses) ?? run(bucket, endpoint, addresses, until: end)
                slot.release()
                continuation.resume(returning: failure.map { shown($0, at: addresses) })
            }
        }
        if let failure { throw failure }
    }

    /// All addresses must be allowed: a name can have public and private ones.
    private func judge(_ addresses: [IPAddress]) -> StorageFailure? {
        if addresses.isEmpty { return .dns }
        let policy = AddressPolicy(allowsPrivate: options.allowsPrivate)
        return addresses.allSatisfy(policy.allows) ? nil : .forbiddenAddress
    }

    /// What can be revealed of a failure.
    private func shown(_ failure: StorageFailure, at addresses: [IPAddress]) -> StorageFailure {
        guard options.hidesPrivate else { return failure }
        // Names of our network must not be revealed.
        if failure == .dns, !options.allowsPrivate { return .forbiddenAddress }
        let isPrivate = addresses.contains { AddressPolicy.kind(of: $0) != .global }
        return isPrivate ? failure.ofPrivate : failure
    }

    private func run(
        _ bucket: S3Bucket, _ endpoint: HTTPOrigin, _ addresses: [IPAddress], until end: Ticks
    ) -> StorageFailure? {
        let left = Ticks.now.milliseconds(until: end)
        let run = ProofRun(
            bucket: bucket, endpoint: endpoint,
            connection: S3Connection(endpoint, addresses: addresses), clock: clock,
            name: SignatureV4.hex(random.bytes(16)), content: SignatureV4.hex(random.bytes(16)),
            deadline: Ticks.now.adding(milliseconds: left - left / 4), end: end)
        return run.failure()
    }

    /// One of the concurrent checks. Released at the latest when it is deallocated.
    private final class Slot: Sendable {
        private let owner: BucketProof
        private let end = Turn()

        init?(_ owner: BucketProof) {
            self.owner = owner
            let isFree = owner.running.withLock { running in
                guard running < owner.options.limit else { return false }
                running += 1
                return true
            }
            guard isFree else {
                _ = end.take()
                return nil
            }
        }

        func release() {
            if end.take() { owner.running.withLock { $0 -= 1 } }
        }

        deinit { release() }
    }
}

/// A flag that can be taken once.
private final class Turn: Sendable {
    private let isTaken = Mutex(false)

    /// Whether this is the first call.
    func take() -> Bool {
        isTaken.withLock { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
    }
}
