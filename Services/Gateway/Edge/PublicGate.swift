import Contract
import EventLoop
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit

/// Applies the public port's limits to every caller, and CORS.
final class PublicGate: Gate {
    /// The time that the limits use: when the loop had the request's head, if there is one.
    typealias Time = @Sendable (Exchange?) -> Ticks

    let clients: ClientAddresses
    private let tokens = RateLimiter("token", entryBits: tokenBits)
    private let addresses = RateLimiter("address", entryBits: addressBits)
    /// Each is nil if it is off. A token can have a rate of its own.
    private let tokenRate: RateLimiter.Rate?
    private let addressRate: RateLimiter.Rate?
    private let inFlight: ShareLimiter?
    private let crossOrigin: CrossOrigin
    private let time: Time

    /// 2 MiB and 1 MiB. A bucket is in use for as long as it is not full, 10 ms for a single
    /// request at the default rate: room for 3,000,000 tokens that ask once a second each.
    private static let tokenBits = 17
    private static let addressBits = 16

    init(_ settings: GateSettings, time: @escaping Time = { $0?.started ?? .now }) {
        self.time = time
        clients = ClientAddresses(
            trustedProxies: settings.trustedProxies, field: settings.forwardingField)
        crossOrigin = CrossOrigin(origins: settings.origins)
        tokenRate = Self.rate("token", settings.tokenRate)
        addressRate = Self.rate("address", settings.addressRate)
        inFlight = settings.inFlight == 0 ? nil : ShareLimiter(share: settings.inFlight)
    }

    private static func rate(_ policy: String, _ perSecond: Int) -> RateLimiter.Rate? {
        perSecond == 0 ? nil : RateLimiter.Rate(policy, perSecond: perSecond)
    }

    /// The rate of a token with a limit of its own: requests a second, or 0 for none.
    static func rate(ofToken limit: Int) -> RateLimiter.Rate? { rate("token", limit) }

    func fields(for head: RequestHead) -> (any AnswerFields)? {
        crossOrigin.isConfigured ? Fields(self) : nil
    }

    var isPublic: Bool { true }

    func client(of exchange: Exchange) -> Peer { clients.client(of: exchange) }

    func options(_ head: RequestHead, allow: String) -> [Response.Field] {
        crossOrigin.preflightFields(for: head, allow: allow)
    }

    func admit(
        _ session: (any Session)?, to endpoint: Endpoint, _ exchange: Exchange
    ) throws(Fault) -> AnyObject? {
        if let known = session as? BearerAuthenticator.Known {
            let rate =
                switch known.rate {
                case .configured: tokenRate
                case .own(let rate): rate
                }
            try take(known.limitKey, from: tokens, at: rate, exchange)
            return try lease(for: .user(known.caller.userId))
        }
        guard endpoint.id != Health.alive.endpoint.id else { return nil }
        let network = clients.client(of: exchange).address.network
        // A browser loads the console's files all at once; they cost less than counting them.
        if !ConsoleRoutes.ids.contains(endpoint.id) {
            try take(Self.limitKey(network), from: addresses, at: addressRate, exchange)
        }
        return try lease(for: .network(network))
    }

    func admitUnmatched(_ exchange: Exchange) throws(Fault) {
        let network = clients.client(of: exchange).address.network
        try take(Self.limitKey(network), from: addresses, at: addressRate, exchange)
    }

    func admitRefused(_ head: RequestHead?, from peer: Peer) throws(Fault) {
        let network = clients.client(head, from: peer).address.network
        guard let addressRate else { return }
        let verdict = addresses.take(Self.limitKey(network), at: addressRate, now: time(nil))
        guard verdict.isAllowed else { throw .rateLimited(seconds: Int(verdict.seconds)) }
    }

    /// Counts one more request in flight of the caller.
    private func lease(for caller: CallerKey) throws(Fault) -> AnyObject? {
        guard let inFlight else { return nil }
        if let lease = inFlight.lease(for: caller) { return lease }
        throw Fault(
            .tooManyRequestsInFlight,
            "You have \(inFlight.share) requests in flight, which is the limit: wait for a "
                + "response before sending another request.", retryAfter: 1)
    }

    private func take(
        _ key: UInt64, from limiter: RateLimiter, at rate: RateLimiter.Rate?, _ exchange: Exchange
    ) throws(Fault) {
        guard let rate else { return }
        let verdict = limiter.take(key, at: rate, now: time(exchange))
        exchange.answerFields = Fields(self, rate, verdict)
        guard verdict.isAllowed else { throw .rateLimited(seconds: Int(verdict.seconds)) }
    }

    /// The standard library's hash (SipHash) has a random seed in each process.
    static func limitKey(_ value: some Hashable) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(value)
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// Small enough to need no allocation.
    private struct Fields: AnswerFields {
        let gate: PublicGate
        /// Empty without a limit.
        let fieldStart: [UInt8]
        let remaining: UInt32
        let seconds: UInt32

        init(
            _ gate: PublicGate, _ rate: RateLimiter.Rate? = nil,
            _ verdict: RateLimiter.Verdict? = nil
        ) {
            self.gate = gate
            fieldStart = rate?.fieldStart ?? []
            remaining = verdict?.remaining ?? 0
            seconds = verdict?.seconds ?? 0
        }

        func write(for head: RequestHead, into out: inout ByteBuffer) {
            if !fieldStart.isEmpty {
                out.append(fieldStart)
                out.append(number: Int(remaining))
                out.append(";t=" as StaticString)
                out.append(number: Int(seconds))
                out.append("\r\n" as StaticString)
            }
            for field in gate.crossOrigin.fields(for: head) {
                MessageWriter.field(field.name, field.value, into: &out)
            }
        }
    }
}

extension PublicGate {
    /// Metrics: refused requests, and whether the tables have room.
    func write(into text: inout MetricsText) {
        if let inFlight {
            text.counter(
                "latchkey_requests_in_flight_refused_total",
                "Requests refused with 429: their caller has too many in flight.",
                Double(inFlight.refusedCount))
        }
        let limiters = [tokens, addresses]
        text.family("latchkey_rate_limited_total", "counter", "Requests refused with 429.")
        for limiter in limiters {
            text.sample(
                "latchkey_rate_limited_total", ["policy": limiter.policy],
                Double(limiter.refusedCount))
        }
        let name = "latchkey_rate_limit_evictions_total"
        text.family(name, "counter", "Buckets evicted before they were full, for lack of room.")
        for limiter in limiters {
            text.sample(name, ["policy": limiter.policy], Double(limiter.evictedCount))
        }
    }
}

extension Fault {
    fileprivate static func rateLimited(seconds: Int) -> Fault {
        Fault(
            .rateLimited, "Rate limit exceeded: try again in \(seconds) s.", retryAfter: seconds)
    }
}
