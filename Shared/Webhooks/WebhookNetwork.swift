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

    /// Names that are looked up at once, in all and for one owner: a name server may be slow, and
    /// each takes a thread until it has answered, however long ago nobody waits any more. Those
    /// that somebody wants to subscribe with take none from those of messages.
    private static let checks = (total: 64, each: 4)
    private static let sends = (total: 256, each: 16)

    /// All addresses of a name; blocks.
    public typealias LookUp = @Sendable (String) -> [IPAddress]

    private struct Entry {
        let result: Result<[IPAddress], WebhookFailure>
        let asked: Ticks
    }

    private let policy: AddressPolicy
    private let ports: Set<UInt16>
    private let lookUp: LookUp
    private let entries = Mutex<[String: Entry]>([:])
    /// By the name that is looked up: who waits for it.
    private let running = Mutex<[String: [FirstOf<[IPAddress]?>]]>([:])
    private let checks = FairLimit(checks.total, each: checks.each)
    private let sends = FairLimit(sends.total, each: sends.each)

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
    /// - Parameter owner: whose look-up it is, for the limits.
    /// - Throws: 422 at `pointer`; 503 while too many are asked about.
    public func check(
        _ url: WebhookURL, for owner: String, pointer: String
    ) async throws(Fault) {
        guard allows(port: url.origin.port) else {
            let list = ports.sorted().map(String.init).joined(separator: ", ")
            throw .invalid(pointer, "must have one of the ports \(list)")
        }
        do throws(WebhookFailure) {
            _ = try await addresses(of: url.origin.host, for: owner, within: 4_000, checks)
        } catch {
            if error == .busy { throw Self.busy }
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
        "Too many hosts are being looked up. Try again in a moment.", retryAfter: 1)

    /// All addresses of a host, each of them allowed.
    /// - Parameter owner: on whose behalf, for the limits.
    func addresses(
        of host: String, for owner: String, within milliseconds: Int
    ) async throws(WebhookFailure) -> [IPAddress] {
        try await addresses(of: host, for: owner, within: milliseconds, sends)
    }

    private func addresses(
        of host: String, for owner: String, within milliseconds: Int, _ limit: FairLimit
    ) async throws(WebhookFailure) -> [IPAddress] {
        let known = entries.withLock { $0[host] }
        if let known, Ticks.now < known.asked.adding(milliseconds: Self.freshMilliseconds) {
            return try known.result.get()
        }
        let found = try await find(host, for: owner, within: milliseconds, limit)
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
    /// Whoever asks for the same name meanwhile waits for that thread, and needs none.
    private func find(
        _ host: String, for owner: String, within milliseconds: Int, _ limit: FairLimit
    ) async throws(WebhookFailure) -> [IPAddress]? {
        let first = FirstOf<[IPAddress]?>()
        let isNew = running.withLock { running -> Bool? in
            let isNew = running[host] == nil
            guard !isNew || limit.begin(owner) else { return nil }
            running[host, default: []].append(first)
            return isNew
        }
        guard let isNew else { throw .busy }
        let timer = Task {
            try? await Task.sleep(for: .milliseconds(milliseconds))
            first.resume(nil)
        }
        defer {
            timer.cancel()
            running.withLock { $0[host]?.removeAll { $0 === first } }
        }
        return await first.value {
            guard isNew else { return }
            onDetachedThread { [self] in
                let found = lookUp(host)
                let waiting = running.withLock { $0.removeValue(forKey: host) ?? [] }
                limit.end(owner)
                for one in waiting { one.resume(found) }
            }
        }
    }
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
