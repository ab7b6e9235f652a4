import EventLoop
import Kernel
import Synchronization

/// Which servers messages may go to. A subscriber chooses the name, so its addresses are looked up
/// and checked before each connection, and the connection goes to the address that was checked
/// (server-side request forgery, DNS rebinding).
public final class WebhookNetwork: Sendable {
    /// Ports of web servers: elsewhere, a POST could be taken for something else.
    public static let usualPorts: Set<UInt16> = [80, 443, 8_080, 8_443]
    /// What was found out is good for so long: its connections go to addresses that were checked.
    private static let freshMilliseconds = 5_000
    private static let maximumEntries = 10_000

    /// Names that are looked up at once: a name server may be slow, and each takes a thread until
    /// it has answered. Those that somebody wants to subscribe with take none from those of
    /// messages.
    private static let maximumChecks = 64
    private static let maximumSends = 256

    public typealias LookUp = @Sendable (String) -> [IPAddress]

    private struct Entry {
        let result: Result<[IPAddress], WebhookFailure>
        let asked: Ticks
    }

    private let policy: AddressPolicy
    private let ports: Set<UInt16>
    private let lookUp: LookUp
    private let entries = Mutex<[String: Entry]>([:])
    private let checks = LookUps(maximumChecks)
    private let sends = LookUps(maximumSends)

    /// - Parameters:
    ///   - ports: that messages may go to, unless private addresses are allowed.
    ///   - lookUp: all addresses of a name; may block.
    public init(
        _ policy: AddressPolicy, ports: Set<UInt16> = usualPorts,
        lookUp: @escaping LookUp = HostLookup.addresses(of:)
    ) {
        self.policy = policy
        self.ports = ports
        self.lookUp = lookUp
    }

    /// Whether a subscriber may name it.
    /// - Throws: 422 at `pointer`; 503 while too many are asked about.
    public func check(_ url: WebhookURL, pointer: String) async throws(Fault) {
        guard allows(port: url.origin.port) else {
            let list = ports.sorted().map(String.init).joined(separator: ", ")
            throw .invalid(pointer, "must have one of the ports \(list)")
        }
        do throws(WebhookFailure) {
            _ = try await addresses(of: url.origin.host, within: 4_000, checks)
        } catch {
            if error == .notSent { throw Self.busy }
            // The same for all: which names there are inside is nobody's to find out.
            throw .invalid(
                pointer,
                "must lead to an address on the internet, not to a private, loopback, link-local "
                    + "or reserved one")
        }
    }

    func allows(port: UInt16) -> Bool { policy.allowsPrivate || ports.contains(port) }

    private static let busy = Fault(
        .unavailable, code: "webhook_hosts_busy",
        "Too many hosts are looked up at the moment: try again.", retryAfter: 1)

    /// All addresses of a host, each of them allowed.
    func addresses(of host: String, within milliseconds: Int) async throws(WebhookFailure)
        -> [IPAddress]
    { try await addresses(of: host, within: milliseconds, sends) }

    private func addresses(
        of host: String, within milliseconds: Int, _ lookUps: LookUps
    ) async throws(WebhookFailure) -> [IPAddress] {
        let known = entries.withLock { $0[host] }
        if let known, Ticks.now < known.asked.adding(milliseconds: Self.freshMilliseconds) {
            return try known.result.get()
        }
        guard lookUps.begin() else { throw .notSent }
        let found = await find(host, within: milliseconds, lookUps)
        let result: Result<[IPAddress], WebhookFailure> =
            switch found {
            case nil: .failure(.timeout)
            case let found? where found.isEmpty: .failure(.noAddress)
            case let found? where found.allSatisfy(policy.allows): .success(found)
            // One is enough: which of them is connected to would be left to chance.
            default: .failure(.forbiddenAddress)
            }
        entries.withLock { entries in
            if entries.count >= Self.maximumEntries { entries.removeAll() }
            entries[host] = Entry(result: result, asked: .now)
        }
        return try result.get()
    }

    /// Name servers take the time that they like: a thread that still waits is left to itself.
    private func find(
        _ host: String, within milliseconds: Int, _ lookUps: LookUps
    ) async -> [IPAddress]? {
        let first = FirstOf<[IPAddress]?>()
        let limit = Task {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            first.resume(nil)
        }
        defer { limit.cancel() }
        return await first.value { [lookUp] in
            onDetachedThread {
                let found = lookUp(host)
                lookUps.end()
                first.resume(found)
            }
        }
    }
}

/// How many threads wait for name servers.
private final class LookUps: Sendable {
    private let maximum: Int
    private let running = Mutex(0)

    init(_ maximum: Int) { self.maximum = maximum }

    /// - Returns: whether there is room for one more.
    func begin() -> Bool {
        running.withLock { count in
            guard count < maximum else { return false }
            count += 1
            return true
        }
    }

    func end() { running.withLock { $0 -= 1 } }
}

/// Takes the first of several answers.
private final class FirstOf<Value: Sendable>: Sendable {
    private enum State {
        case waiting(CheckedContinuation<Value, Never>)
        case early(Value)
        case done
        case new
    }

    private let state = Mutex(State.new)

    func value(_ begin: () -> Void) async -> Value {
        begin()
        return await withCheckedContinuation { continuation in
            let early: Value? = state.withLock { state in
                if case .early(let value) = state {
                    state = .done
                    return value
                }
                state = .waiting(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    func resume(_ value: Value) {
        let continuation: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .waiting(let continuation):
                state = .done
                return continuation
            case .new:
                state = .early(value)
                return nil
            case .early, .done: return nil
            }
        }
        continuation?.resume(returning: value)
    }
}
