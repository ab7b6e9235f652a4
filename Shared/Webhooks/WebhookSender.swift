import EventLoop
import HTTPClient
import HTTPCore
import Kernel
import Synchronization

/// Sends messages.
public protocol WebhookSending: Sendable {
    /// - Parameter owner: whose limits apply.
    func send(
        _ message: WebhookMessage, to url: WebhookURL, for owner: String
    ) async -> WebhookOutcome

    /// The places whose rate limits a message to the URL counts against.
    func places(of url: WebhookURL, for owner: String) async -> [String]
}

extension WebhookSending {
    /// The origin of the URL.
    public func places(of url: WebhookURL, for owner: String) async -> [String] { [url.place] }
}

/// Sends messages over HTTP to checked addresses. Redirects are not followed. The status line of
/// the response decides; its body is read briefly, so that the connection can be reused, and
/// discarded.
public final class WebhookSender: WebhookSending {
    /// Milliseconds until the status line, including the look-up and connecting.
    public static let deadline = 15_000
    /// How many bytes of the body are read, and for how many milliseconds.
    static let maximumBody = 16_384
    static let bodyMilliseconds = 1_000
    private static let connectMilliseconds = 5_000
    private static let maximumClients = 1_000

    private struct Place: Hashable {
        let authority: String
        let address: String
        let port: UInt16
    }

    /// Whether curl(1) is installed, which TLS needs.
    public var canUseTLS: Bool { tls.isAvailable }

    private let network: WebhookNetwork
    private let tls: TLSPost
    private let group: EventLoopGroup
    private let deadline: Int
    private let clock: any Clock
    private let clients = Mutex<[Place: HTTPClient]>([:])

    /// - Parameters:
    ///   - deadline: milliseconds for one message.
    ///   - clock: by which the dates in `Retry-After` are read.
    ///   - certificates: a file of those to trust in place of the system's; for tests.
    public init(
        _ network: WebhookNetwork, on group: EventLoopGroup, deadline: Int = deadline,
        clock: any Clock = SystemClock(), trusting certificates: String? = nil
    ) {
        self.network = network
        self.group = group
        self.deadline = deadline
        self.clock = clock
        tls = TLSPost(certificates: certificates, clock: clock)
    }

    /// The host and its port, shared by all owners, and its address, for each owner: many names
    /// don't raise the rate to one server.
    public func places(of url: WebhookURL, for owner: String) async -> [String] {
        let found = try? await network.addresses(of: url.origin.host, for: owner, within: deadline)
        guard let address = found?.first else { return [url.place] }
        return [url.place, "\(owner) \(address.text) \(url.origin.port)"]
    }

    /// Sends one message, within the deadline.
    public func send(
        _ message: WebhookMessage, to url: WebhookURL, for owner: String
    ) async -> WebhookOutcome {
        let end = Ticks.now.adding(milliseconds: deadline)
        do throws(WebhookFailure) {
            guard network.allows(port: url.origin.port) else { throw .forbiddenAddress }
            let addresses = try await network.addresses(
                of: url.origin.host, for: owner, within: deadline)
            if url.origin.isSecure {
                return try await tls.send(message, to: url, at: addresses, until: end)
            }
            var failure = WebhookFailure.unreachable
            for address in addresses {
                do throws(WebhookFailure) {
                    return try await post(message, url, at: address, until: end)
                } catch {
                    failure = error
                    // Nothing was sent: try the next address.
                    guard error == .unreachable else { break }
                }
            }
            throw failure
        } catch {
            return .failed(error)
        }
    }

    private func post(
        _ message: WebhookMessage, _ url: WebhookURL, at address: IPAddress, until end: Ticks
    ) async throws(WebhookFailure) -> WebhookOutcome {
        let left = Ticks.now.milliseconds(until: end)
        guard left > 0 else { throw .timeout }
        // A receiver that gets it twice recognizes it by its id.
        let request = ClientRequest(
            .post, url.target, fields: message.fields, body: message.body, isRepeatable: true)
        do throws(UpstreamFailure) {
            let answer = try await client(of: url.origin, at: address).send(
                request, deadline: left)
            return .answered(
                status: answer.status, retryAfter: answer.fields.retryAfter(now: clock.now()))
        } catch {
            throw Self.failure(error)
        }
    }

    /// Cached for its connections, which close soon after their last use.
    private func client(of origin: HTTPOrigin, at address: IPAddress) -> HTTPClient {
        let place = Place(
            authority: origin.authority, address: address.text, port: origin.port)
        return clients.withLock { clients in
            if let client = clients[place] { return client }
            if clients.count >= Self.maximumClients { clients.removeAll() }
            var options = UpstreamOptions(host: address.text, port: origin.port)
            options.connectTimeout = Self.connectMilliseconds
            // Sooner than receivers do: Node closes after 5 s.
            options.idleTimeout = 2_000
            // Pausing for a failing receiver is up to the caller.
            options.breakerThreshold = .max
            let client = HTTPClient(
                options, on: group,
                answers: .statusLine(
                    maximumBody: Self.maximumBody, milliseconds: Self.bodyMilliseconds),
                authority: origin.authority)
            clients[place] = client
            return client
        }
    }

    private static func failure(_ failure: UpstreamFailure) -> WebhookFailure {
        switch failure {
        case .unreachable: .unreachable
        case .timeout: .timeout
        case .closed: .closed
        case .malformed: .malformed
        case .overloaded, .circuitOpen: .notSent
        }
    }
}
