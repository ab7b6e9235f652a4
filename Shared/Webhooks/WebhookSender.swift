import EventLoop
import HTTPClient
import HTTPCore
import Kernel
import Synchronization
import TLS

/// Sends messages.
public protocol WebhookSending: Sendable {
    /// - Parameter owner: whose limits apply.
    func send(
        _ message: WebhookMessage, to url: WebhookURL, for owner: String
    ) async -> WebhookResult

    /// The places whose rate limits a message to the URL counts against.
    func places(of url: WebhookURL, for owner: String) async -> [String]
}

extension WebhookSending {
    /// The origin of the URL.
    public func places(of url: WebhookURL, for owner: String) async -> [String] { [url.place] }
}

/// Sends messages over HTTP to checked addresses, with or without TLS. Redirects are not followed.
/// The status line of the response decides; its body is read briefly, so that the connection can be
/// reused, and its beginning is kept for the webhook's owner.
public final class WebhookSender: WebhookSending {
    /// Milliseconds until the status line, including the look-up and connecting.
    public static let deadline = 15_000
    /// How many bytes of the body are read, and for how many milliseconds.
    static let maximumBody = 16_384
    static let bodyMilliseconds = 1_000
    private static let connectMilliseconds = 5_000
    private static let maximumClients = 1_000

    private struct Place: Hashable {
        let origin: HTTPOrigin
        let address: String
    }

    /// How messages are sent over TLS.
    public enum SecureTransport: Sendable {
        case openSSL(TLSClient)
        /// With a process of curl(1) for each message.
        /// - Parameter because: why OpenSSL can't be used.
        case curl(because: String)
        /// Not at all.
        case none(because: String)
    }

    /// Decided at the start.
    public let secureTransport: SecureTransport

    private let network: WebhookNetwork
    private let curl: CurlPost
    private let group: EventLoopGroup
    private let deadline: Int
    private let clock: any Clock
    private let clients = Mutex<[Place: HTTPClient]>([:])

    /// - Parameters:
    ///   - deadline: milliseconds for one message.
    ///   - clock: by which the dates in `Retry-After` are read.
    ///   - certificates: a file of those to trust in place of the system's; for tests.
    public convenience init(
        _ network: WebhookNetwork, on group: EventLoopGroup, deadline: Int = deadline,
        clock: any Clock = SystemClock(), trusting certificates: String? = nil
    ) {
        self.init(
            network, on: group, deadline: deadline, clock: clock, trusting: certificates,
            tls: Result { () throws(TLSUnavailable) in try TLSClient(trusting: certificates) })
    }

    /// - Parameter tls: OpenSSL, or why it can't be used.
    package init(
        _ network: WebhookNetwork, on group: EventLoopGroup, deadline: Int = deadline,
        clock: any Clock = SystemClock(), trusting certificates: String?,
        tls: Result<TLSClient, TLSUnavailable>
    ) {
        self.network = network
        self.group = group
        self.deadline = deadline
        self.clock = clock
        curl = CurlPost(certificates: certificates, clock: clock)
        secureTransport =
            switch tls {
            case .success(let client): .openSSL(client)
            case .failure(let error):
                curl.isAvailable ? .curl(because: error.reason) : .none(because: error.reason)
            }
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
    ) async -> WebhookResult {
        let end = Ticks.now.adding(milliseconds: deadline)
        do throws(WebhookFailure) {
            guard network.allows(port: url.origin.port) else { throw .forbiddenAddress }
            let addresses = try await network.addresses(
                of: url.origin.host, for: owner, within: deadline)
            if url.origin.isSecure {
                switch secureTransport {
                case .openSSL: break
                case .curl:
                    return try await curl.send(message, to: url, at: addresses, until: end)
                case .none: throw .notSent
                }
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
            return WebhookResult(.failed(error))
        }
    }

    private func post(
        _ message: WebhookMessage, _ url: WebhookURL, at address: IPAddress, until end: Ticks
    ) async throws(WebhookFailure) -> WebhookResult {
        let left = Ticks.now.milliseconds(until: end)
        guard left > 0 else { throw .timeout }
        // A receiver that gets it twice recognizes it by its id.
        let request = ClientRequest(
            .post, url.target, fields: message.fields, body: message.body, isRepeatable: true)
        do throws(UpstreamFailure) {
            let answer = try await client(of: url.origin, at: address).send(
                request, deadline: left)
            return WebhookResult(
                .answered(
                    status: answer.status, retryAfter: answer.fields.retryAfter(now: clock.now())),
                response: WebhookResponse(
                    status: answer.status, fields: answer.fields, body: answer.body,
                    isWhole: answer.isWhole))
        } catch {
            throw Self.failure(error)
        }
    }

    /// Cached for its connections, which close soon after their last use.
    private func client(of origin: HTTPOrigin, at address: IPAddress) -> HTTPClient {
        let place = Place(origin: origin, address: address.text)
        return clients.withLock { clients in
            if let client = clients[place] { return client }
            if clients.count >= Self.maximumClients { clients.removeAll() }
            var options = UpstreamOptions(host: address.text, port: origin.port)
            options.connectTimeout = Self.connectMilliseconds
            // Sooner than receivers do: Node closes after 5 s.
            options.idleTimeout = 2_000
            // Pausing for a failing receiver is up to the caller.
            options.breakerThreshold = .max
            if origin.isSecure, case .openSSL(let client) = secureTransport {
                let name = HostLookup.number(origin.host)?.text ?? origin.host
                options.tls = UpstreamTLS(client, name: name)
            }
            let client = HTTPClient(
                options, on: group,
                answers: .statusLine(
                    maximumBody: Self.maximumBody, kept: WebhookResponse.maximumBody,
                    milliseconds: Self.bodyMilliseconds),
                authority: origin.authority)
            clients[place] = client
            return client
        }
    }

    private static func failure(_ failure: UpstreamFailure) -> WebhookFailure {
        switch failure {
        case .unreachable: .unreachable
        case .insecure: .tls
        case .timeout: .timeout
        case .closed: .closed
        case .malformed: .malformed
        case .overloaded, .circuitOpen: .notSent
        }
    }
}
