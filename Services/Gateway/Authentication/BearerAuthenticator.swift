import HTTPClient
import HTTPCore
import Kernel
import ServiceKit

/// Finds the caller of a bearer token (RFC 6750 §2.1). One for each loop: it caches tokens by their
/// SHA-256 for a second, so that a caller's next request needs no query. An edge gateway asks for
/// those that it doesn't know (`BearerAuthenticator+Asking`).
final class BearerAuthenticator: Authenticator {
    /// A valid token, and the identities made for it on this loop.
    final class Known: Session, @unchecked Sendable {  // used on its loop alone
        let caller: Caller
        /// Also a lower bound: the clock may be set back.
        let since: Timestamp
        let until: Timestamp
        /// The key of the token's bucket, also while it acts for a user.
        let limitKey: UInt64
        let rate: TokenRate
        /// Users for whom the token acts now, or why it can't, by what names them.
        var actedFor: [String: Result<Known, Fault>] = [:]
        /// Identities for services, by the service's index, and until when they can be sent.
        private var identities: [(line: [UInt8], since: Timestamp, until: Timestamp)?]
        private let slot = ThreadSlot.current

        init(
            _ caller: Caller, since: Timestamp, until: Timestamp, limitKey: UInt64, rate: TokenRate,
            services: Int
        ) {
            self.caller = caller
            self.since = since
            self.until = until
            self.limitKey = limitKey
            self.rate = rate
            identities = [(line: [UInt8], since: Timestamp, until: Timestamp)?](
                repeating: nil, count: services)
        }

        /// The line with the identity for the service with `index`; a new one if there is none that
        /// can be sent now.
        func identity(
            _ index: Int, now: Timestamp, _ make: () -> (line: [UInt8], until: Timestamp)
        ) -> [UInt8] {
            assert(slot == ThreadSlot.current, "touched off its event loop")
            if let made = identities[index], made.since <= now, made.until > now {
                return made.line
            }
            let fresh = make()
            identities[index] = (fresh.line, now, fresh.until)
            return fresh.line
        }
    }

    /// How many requests a second a token can make.
    enum TokenRate: Sendable {
        case configured
        /// Without a limit, if nil.
        case own(RateLimiter.Rate?)
    }

    /// Bounds the memory of a loop; beyond it the cache is emptied.
    private static let maximumSessions = 50_000
    /// `lastUsedAt` is written at most once a minute.
    private static let usedMilliseconds: Int64 = 60_000

    let source: any CredentialSource
    private let asks: Bool
    private let clock: any Clock
    private let internalAuthenticator: IdentityAuthenticator
    private let serviceCount: Int
    private var sessions: [SHA256.Digest: Known] = [:]
    private var digests = RecentDigests()
    /// Nil if only our own tokens are accepted.
    private let jwts: JWTSource?
    private var recentJWTs = RecentJWTs()
    private var generation = 0
    private var lastRecorded: [String: Timestamp] = [:]

    init(
        _ source: any CredentialSource, internal: IdentityAuthenticator, services: Int,
        jwts: JWTSource? = nil
    ) {
        self.source = source
        self.jwts = jwts
        asks = source.asks
        clock = source.clock
        internalAuthenticator = `internal`
        serviceCount = services
    }

    func service(_ head: RequestHead) throws(Fault) { try internalAuthenticator.service(head) }

    func again(_ head: RequestHead, _ session: any Session) throws(Fault) -> any Session {
        try acting(try user(head), head)
    }

    func againNow(
        _ head: RequestHead, _ session: any Session
    ) throws(Fault) -> (any Session)? {
        guard let own = try userNow(head) else { return nil }
        return try acting(own, head)
    }

    func acting(_ session: any Session, _ head: RequestHead) throws(Fault) -> any Session {
        let names = head.fields.count(of: .latchkeyUser)
        guard names > 0, let session = session as? Known else { return session }
        guard names == 1, let name = head.fields[.latchkeyUser] else {
            throw .invalidActedFor("must be given once")
        }
        return try self.session(session, actingFor: name)
    }

    func user(_ head: RequestHead) throws(Fault) -> any Session {
        guard let session = try userNow(head) else {
            throw UpstreamFailure.unreachable.fault("the token has to be asked for")
        }
        return session
    }

    func userNow(_ head: RequestHead) throws(Fault) -> (any Session)? {
        let digest = try digest(head)
        let current = source.generation
        if current != generation {
            sessions.removeAll(keepingCapacity: true)
            generation = current
        }
        let now = clock.now()
        guard let session = try session(digest, head, now) else { return nil }
        return asks && !findActedFor(head, session) ? nil : session
    }

    /// The digest of the request's token.
    /// - Throws: 401 without a well-formed one.
    func digest(_ head: RequestHead) throws(Fault) -> SHA256.Digest {
        // The parser refuses a second Authorization field. Other schemes count as none.
        let digest = head.fields.withValue(.authorization) { tokenDigest($0) }
        guard let digest, let digest else { throw .unauthenticated }
        guard let digest else { throw .invalidToken }
        return digest
    }

    /// What verifies the request's token, if it is a JWT.
    func jwtSource(_ head: RequestHead) -> JWTSource? {
        guard let jwts else { return nil }
        let length = head.fields.withValue(.authorization) { $0.bearerToken?.count ?? 0 } ?? 0
        return RecentJWTs.bytes.contains(length) ? jwts : nil
    }

    /// A session of this loop, with the configured rate.
    func known(
        _ caller: Caller, since: Timestamp, until: Timestamp, limitKey: UInt64
    ) -> Known {
        Known(
            caller, since: since, until: until, limitKey: limitKey, rate: .configured,
            services: serviceCount)
    }

    /// nil if it has to be asked for.
    private func session(
        _ digest: SHA256.Digest, _ head: RequestHead, _ now: Timestamp
    ) throws(Fault) -> Known? {
        if let session = sessions[digest], session.since <= now, session.until > now {
            return session
        }
        sessions[digest] = nil
        guard let session = try find(digest, head, now) else { return nil }
        if sessions.count >= Self.maximumSessions { sessions.removeAll() }
        sessions[digest] = session
        return session
    }

    private func find(
        _ digest: SHA256.Digest, _ head: RequestHead, _ now: Timestamp
    ) throws(Fault) -> Known? {
        if let jwts = jwtSource(head) { return try session(ofJWT: head, digest, jwts, now) }
        guard case .known(let found) = try source.grant(of: digest) else { return nil }
        return try session(found, of: digest, now)
    }

    /// - Throws: 401 without a valid token, 403 if its user is suspended.
    func session(
        _ found: TokenGrant?, of digest: SHA256.Digest, _ now: Timestamp
    ) throws(Fault) -> Known {
        guard let found, found.expiresAt.map({ $0 > now }) ?? true else { throw .invalidToken }
        guard !found.isSuspended else { throw Fault(ProblemType.userSuspended) }
        recordUse(of: found.caller.tokenId, now)
        let fresh = Timestamp(milliseconds: now.milliseconds + TokenLookup.freshMilliseconds)
        return Known(
            found.caller, since: now, until: min(fresh, found.expiresAt ?? fresh),
            limitKey: PublicGate.limitKey(digest),
            rate: found.rateLimit.map { .own(PublicGate.rate(ofToken: $0)) } ?? .configured,
            services: serviceCount)
    }

    /// The session of the user whom `Latchkey-User` names. It is valid as long as the token's own.
    private func session(_ session: Known, actingFor name: String) throws(Fault) -> Known {
        if let known = session.actedFor[name] { return try known.get() }
        try session.caller.require(scopes: [Self.actingScope])
        guard let decoded = Self.decoded(name),
            case .known(let user) = try source.user(named: decoded)
        else { throw .unknownActedFor }
        let known = try self.session(session, actingFor: user)
        keep(.success(known), for: name, in: session)
        return known
    }

    /// An external id can have characters that a field's value can't.
    static func decoded(_ name: String) -> String? {
        Array(name.utf8).withUnsafeBytes { PercentEncoding.decode($0) }
    }

    func session(_ session: Known, actingFor user: NamedUser?) throws(Fault) -> Known {
        guard let user else { throw .unknownActedFor }
        guard user.isActable else { throw Fault(ProblemType.cannotActAs) }
        let caller = session.caller
        return Known(
            Caller(
                userId: user.id, scopes: caller.scopes, readOnly: caller.readOnly,
                tokenId: caller.tokenId, actingId: caller.userId),
            since: session.since, until: session.until, limitKey: session.limitKey,
            rate: session.rate, services: serviceCount)
    }

    func keep(_ known: Result<Known, Fault>, for name: String, in session: Known) {
        if session.actedFor.count >= Self.maximumActedFor { session.actedFor.removeAll() }
        session.actedFor[name] = known
    }

    static let actingScope = "users:act_as"
    /// Users of one token that are known at once.
    private static let maximumActedFor = 5_000

    private func recordUse(of tokenId: String, _ now: Timestamp) {
        // One after now was recorded by a clock that ran ahead.
        if let last = lastRecorded[tokenId], last <= now,
            now < last.adding(milliseconds: Self.usedMilliseconds)
        {
            return
        }
        if lastRecorded.count >= Self.maximumSessions { lastRecorded.removeAll() }
        lastRecorded[tokenId] = now
        source.recordUse(of: tokenId, at: now)
    }

    /// The SHA-256 of a token with the right form and checksum; nil inside for malformed tokens,
    /// nil for other schemes.
    private func tokenDigest(_ value: UnsafeRawBufferPointer) -> SHA256.Digest?? {
        guard let token = value.bearerToken else { return nil }
        if jwts != nil, RecentJWTs.bytes.contains(token.count) {
            return .some(recentJWTs.digest(of: token))
        }
        return .some(digests.digest(of: token))
    }
}

extension Fault {
    static let unknownActedFor = invalidActedFor(
        "must be the id of a user, or ext: and an external id")

    fileprivate static func invalidActedFor(_ rule: String) -> Fault {
        .invalid([Field("/Latchkey-User", rule).placed(in: .header)])
    }
}

extension BearerAuthenticator {
    /// Makes one for each loop of a gateway with a database.
    static func maker(
        _ lookup: TokenLookup, _ keys: ServiceKeys, services: Int, _ jwts: JWTSource?,
        clock: any Clock
    ) -> @Sendable () -> any Authenticator {
        {
            let identities = IdentityAuthenticator(audience: "gateway", keys: keys, clock: clock)
            return BearerAuthenticator(
                lookup, internal: identities, services: services, jwts: jwts)
        }
    }
}
