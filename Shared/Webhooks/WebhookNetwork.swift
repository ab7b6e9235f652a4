import EventLoop
import Kernel
import Synchronization

/// Decides which servers can receive messages. A subscriber chooses the name, so its addresses are
/// looked up and checked before each connection, and the connection goes to a checked address
/// (against server-side request forgery and DNS rebinding).
public final class WebhookNetwork: Sendable {
    /// Ports of web servers: other services could misread a POST.
    public static let usualPorts: Set<UInt16> = [80, 443, 8_080, 8_443]
    /// How long a look-up is cached.
    private static let freshMilliseconds = 5_000
    private static let maximumEntries = 10_000

    /// Concurrent look-ups, in total and for one owner: each takes a thread until the name server
    /// responds, even if nobody waits for it any longer. Checks of new webhooks have their own, so
    /// that they don't delay messages.
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
    /// The waiters by name.
    private let running = Mutex<[String: [FirstOf<[IPAddress]?>]]>([:])
    private let checks = FairLimit(checks.total, each: checks.each)
    private let sends = FairLimit(sends.total, each: sends.each)

    /// - Parameters:
    ///   - ports: the allowed ports, unless private addresses are allowed.
    ///   - lookUp: returns all addresses of a name; can block.
    public init(
        _ policy: AddressPolicy, ports: Set<UInt16> = usualPorts,
        lookUp: @escaping LookUp = HostLookup.addresses(of:)
    ) {
        self.policy = policy
        self.ports = ports
        self.lookUp = lookUp
    }

    /// Checks the URL of a new or changed webhook.
    /// - Parameters:
    ///   - owner: whose limits apply.
    ///   - busy: thrown during too many look-ups.
    /// - Throws: 422 at `pointer`, or `busy`.
    public func check(
        _ url: WebhookURL, for owner: String, pointer: String, busy: Fault
    ) async throws(Fault) {
        guard allows(port: url.origin.port) else {
            let list = ports.sorted().map(String.init).joined(separator: ", ")
            throw .invalid(pointer, "must use one of the ports \(list)")
        }
        do throws(WebhookFailure) {
            _ = try await addresses(of: url.origin.host, for: owner, within: 4_000, checks)
        } catch {
            if error == .busy { throw busy }
            // The same text for all, so that nobody can find out which internal names exist.
            throw .invalid(
                pointer,
                "must have a public address, not a private, loopback, link-local or reserved one")
        }
    }

    /// Whether webhooks can use the port.
    func allows(port: UInt16) -> Bool { policy.allowsPrivate || ports.contains(port) }

    /// All addresses of a host if every one of them is allowed.
    /// - Parameter owner: whose limits apply.
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
            // One forbidden address is enough: any of them could be connected to.
            default: .failure(.forbiddenAddress)
            }
        entries.withLock { entries in
            if entries.count >= Self.maximumEntries { entries.removeAll() }
            entries[host] = Entry(result: result, asked: .now)
        }
        return try result.get()
    }

    /// A slow look-up is abandoned after the time limit; its thread ends when the name server
    /// responds. Other callers for the same name wait for the same thread.
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

/// Resumes with the first of several results.
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
