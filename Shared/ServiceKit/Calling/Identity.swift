import FoundationEssentials
import HTTPCore
import Kernel
import Synchronization

/// What `Latchkey-Identity` says: a compact JWS (RFC 7515, HS256) that the gateway makes for one
/// service and one user, or a service for another. It lives a minute at most, whichever of the two
/// hosts measures it, although their clocks may differ by half a minute.
///
/// The header is one fixed text for each use and issuer and is compared as such, so there is no
/// `alg` to confuse, an identity of a user can't pass for one of a service, and the key is the
/// issuer's before a byte of the claims is read.
enum Identity {
    enum Use: String, Sendable {
        case user
        case service
        /// Whoever has all keys of the service that is called.
        case `operator`

        /// base64url of the JOSE header, with its dot. `kid` (RFC 7515 §4.1.4) names the issuer.
        func header(of issuer: String) -> [UInt8] {
            let json =
                "{\"alg\":\"HS256\",\"kid\":\"\(issuer)\",\"typ\":\"latchkey-\(rawValue)+jwt\"}"
            return Array((Base64URL.encode(Array(json.utf8)) + ".").utf8)
        }
    }

    /// Who may sign for one use, towards one audience.
    struct Issuer: Sendable {
        let name: String
        let use: Use
        let header: [UInt8]
        /// The first signs, all of them verify.
        let keys: MACKeys

        init(_ name: String, _ use: Use, to audience: String, _ keys: ServiceKeys) {
            self.name = name
            self.use = use
            header = use.header(of: name)
            self.keys = keys.keys(from: name, to: audience)
        }

        /// The operator of the service `name`.
        init(operatorOf name: String, _ keys: ServiceKeys) {
            self.name = name
            use = .operator
            header = Use.operator.header(of: name)
            self.keys = keys.ownKeys(of: name)
        }
    }

    /// RFC 7519 §4.1, and what limits the token that the user came with.
    struct Claims: Codable {
        let iss: String
        let aud: String
        /// The user's id; the name of the calling service.
        let sub: String
        /// Seconds since the epoch.
        let iat: Int64
        let nbf: Int64
        let exp: Int64
        var role: String?
        var scopes: [String]?
        var readOnly: Bool?
        var tokenId: String?
        /// Who acts for the user (RFC 8693 §4.1).
        var act: Actor?
    }

    /// RFC 8693 §4.1: the platform admin whose token it is.
    struct Actor: Codable {
        let sub: String
    }

    /// How long an identity lives, in seconds.
    static let life: Int64 = 30
    /// How far the clocks of two hosts may be apart, in seconds, in either direction.
    static let leeway: Int64 = 30
    /// The longest life that a receiver accepts, in seconds, and how far ahead of its clock it lets
    /// one end: that of a sender whose clock is ahead by `leeway`. By a clock that agrees, none is
    /// accepted for longer either: it ends `leeway` after `life`.
    static let maximumLife = life + leeway
    private static let signatureLength = 43

    static func sign(_ claims: Claims, _ issuer: Issuer) -> String {
        let payload = Base64URL.encode(JSON.encode(claims))
        let input = issuer.header + Array(payload.utf8)
        return String(decoding: input, as: UTF8.self) + "."
            + Base64URL.encode(issuer.keys.authenticate(input))
    }

    /// What a genuine identity says.
    struct Verified {
        let claims: Claims
        /// The key that signed it; nil for the first.
        let olderKey: OlderKeyUse.Key?
    }

    /// What `token` says, if it is genuine, of one of `issuers`, meant for `audience`, and valid
    /// now.
    static func verify(
        _ token: [UInt8], by issuers: [Issuer], audience: String, now: Timestamp
    ) -> Verified? {
        let end = token.count - signatureLength - 1
        guard token.count <= 4096,
            let issuer = issuers.first(where: { token.starts(with: $0.header) }),
            end > issuer.header.count, token[end] == UInt8(ascii: "."),
            let signature = Base64URL.decode(token[(end + 1)...]),
            let key = issuer.keys.position(of: signature, over: Array(token[..<end])),
            let payload = Base64URL.decode(token[issuer.header.count..<end]),
            let claims = try? JSONDecoder().decode(Claims.self, from: Data(payload)),
            claims.iss == issuer.name, issuer.use == .user || claims.sub == issuer.name
        else { return nil }
        guard claims.aud == audience, claims.isValid(at: now) else { return nil }
        return Verified(
            claims: claims,
            olderKey: key == 0
                ? nil : OlderKeyUse.Key(issuer: issuer.name, position: key + 1))
    }

    /// The service that has made a genuine identity for `audience`.
    static func service(_ head: RequestHead) -> String? {
        head.fields.withValue(.latchkeyIdentity) { bytes in
            ServiceKeys.callers.keys.first { bytes.starts(with: Use.service.header(of: $0)) }
        } ?? nil
    }
}

extension Identity.Claims {
    /// RFC 7519 §4.1.4 to 4.1.6, with the leeway that they speak of.
    func isValid(at now: Timestamp) -> Bool {
        let seconds = now.milliseconds / 1000
        // The end first: what is compared with it afterwards can't overflow.
        return exp > seconds - Identity.leeway && exp <= seconds + Identity.maximumLife
            && iat <= seconds + Identity.leeway && iat >= exp - Identity.maximumLife
            && nbf <= seconds + Identity.leeway
    }
}

/// Makes identities. `issuer` is the service's own name.
public struct IdentitySigner: Sendable {
    private let issuer: String
    private let keys: ServiceKeys
    /// Of user and service, by audience: deriving keys costs more than signing.
    private let known: [String: (user: Identity.Issuer, service: Identity.Issuer)]
    private let clock: any Clock
    /// Of the service itself, by audience.
    private let own = Own()

    private final class Own: Sendable {
        let identities = Mutex<[String: (period: Int64, identity: String)]>([:])
    }

    public init(issuer: String, keys: ServiceKeys, clock: any Clock) {
        self.issuer = issuer
        self.keys = keys
        self.clock = clock
        known = Dictionary(
            uniqueKeysWithValues: ServiceKeys.callers.keys.map { audience in
                (audience, Self.issuers(issuer, to: audience, keys))
            })
    }

    /// With all keys.
    public init(issuer: String, secret: [UInt8], clock: any Clock) {
        self.init(issuer: issuer, keys: ServiceKeys(SecretList(secret)), clock: clock)
    }

    private static func issuers(
        _ issuer: String, to audience: String, _ keys: ServiceKeys
    ) -> (user: Identity.Issuer, service: Identity.Issuer) {
        (
            Identity.Issuer(issuer, .user, to: audience, keys),
            Identity.Issuer(issuer, .service, to: audience, keys)
        )
    }

    private func issuers(
        to audience: String
    ) -> (user: Identity.Issuer, service: Identity.Issuer) {
        known[audience] ?? Self.issuers(issuer, to: audience, keys)
    }

    /// An identity of `caller`, for the service `audience`. It may be sent for 20 seconds.
    public func user(_ caller: Caller, audience: String) -> String {
        var claims = claims(caller.userId, audience)
        claims.role = caller.isAdmin ? "admin" : "member"
        claims.scopes = caller.scopes
        claims.readOnly = caller.readOnly
        claims.tokenId = caller.tokenId
        if caller.isActedFor { claims.act = Identity.Actor(sub: caller.actingId) }
        return Identity.sign(claims, issuers(to: audience).user)
    }

    /// An identity of this service itself, for the service `audience`. It is made anew every ten
    /// seconds, and lives thirty.
    public func service(audience: String) -> String {
        let period = clock.now().milliseconds / 10_000
        return own.identities.withLock { identities in
            if let known = identities[audience], known.period == period { return known.identity }
            let identity = Identity.sign(claims(issuer, audience), issuers(to: audience).service)
            identities[audience] = (period, identity)
            return identity
        }
    }

    private func claims(_ subject: String, _ audience: String) -> Identity.Claims {
        let now = clock.now().milliseconds / 1000
        return Identity.Claims(
            iss: issuer, aud: audience, sub: subject, iat: now, nbf: now, exp: now + Identity.life)
    }
}

/// Verifies identities. One for each loop: it caches those that it has verified
/// until they expire, so that a user's next request costs a comparison and no HMAC.
public final class IdentityAuthenticator: Authenticator {
    private final class Known: Session {
        let token: [UInt8]
        let claims: Identity.Claims
        let olderKey: OlderKeyUse.Key?
        let caller: Caller

        init(_ token: [UInt8], _ verified: Identity.Verified, _ caller: Caller) {
            self.token = token
            claims = verified.claims
            olderKey = verified.olderKey
            self.caller = caller
        }
    }

    /// An identity of a service: nothing else of it is asked for.
    private struct Genuine {
        let olderKey: OlderKeyUse.Key?
    }

    private let audience: String
    private let usersIssuers: [Identity.Issuer]
    private let servicesIssuers: [Identity.Issuer]
    private let clock: any Clock
    /// Direct-mapped by the signature, whose bytes are as good as random.
    private var known = [Known?](repeating: nil, count: 1024)
    /// The last of a service: those that call much call with the same one for a while.
    private var knownService: (token: [UInt8], identity: Identity.Verified)?
    private let olderUse: OlderKeyUse

    public init(audience: String, keys: ServiceKeys, clock: any Clock) {
        self.audience = audience
        self.clock = clock
        olderUse = keys.olderUse
        usersIssuers = [Identity.Issuer(ServiceKeys.usersIssuer, .user, to: audience, keys)]
        servicesIssuers = ServiceKeys.issuers(to: audience).map {
            Identity.Issuer($0, .service, to: audience, keys)
        }
    }

    /// With all keys.
    public convenience init(audience: String, secret: [UInt8], clock: any Clock) {
        self.init(audience: audience, keys: ServiceKeys(SecretList(secret)), clock: clock)
    }

    /// - Throws: 401 unless the gateway signed the request for a user.
    public func user(_ head: RequestHead) throws(Fault) -> any Session {
        let now = clock.now()
        let session = single(head) { bytes -> Known? in
            let index = Self.index(bytes)
            // By its claims and not by an end: the clock may have been set back.
            if let entry = known[index], bytes.equals(entry.token), entry.claims.isValid(at: now) {
                return entry
            }
            return verify(Array(bytes), index, now)
        }
        guard let session else { throw .unauthenticated }
        if let key = session.olderKey { olderUse.count(key, at: now) }
        return session
    }

    /// The gateway watches over slow bodies; an identity is valid for the request it came with.
    public func again(_ head: RequestHead, _ session: any Session) -> any Session { session }

    /// - Throws: 401 unless the service with this name signed it.
    public func service(_ head: RequestHead, named name: String) throws(Fault) {
        guard Identity.service(head) == name else { throw .unauthenticated }
        try service(head)
    }

    /// - Throws: 401 unless a service signed it that can call this one.
    public func service(_ head: RequestHead) throws(Fault) {
        let now = clock.now()
        let verified = single(head) { bytes -> Genuine? in
            if let knownService, bytes.equals(knownService.token),
                knownService.identity.claims.isValid(at: now)
            {
                return Genuine(olderKey: knownService.identity.olderKey)
            }
            let token = Array(bytes)
            guard
                let identity = Identity.verify(
                    token, by: servicesIssuers, audience: audience, now: now)
            else { return nil }
            knownService = (token, identity)
            return Genuine(olderKey: identity.olderKey)
        }
        guard let verified else { throw .unauthenticated }
        if let key = verified.olderKey { olderUse.count(key, at: now) }
    }

    private func verify(_ token: [UInt8], _ index: Int, _ now: Timestamp) -> Known? {
        guard
            let verified = Identity.verify(token, by: usersIssuers, audience: audience, now: now),
            case let claims = verified.claims, let scopes = claims.scopes,
            let readOnly = claims.readOnly
        else { return nil }
        let caller = Caller(
            userId: claims.sub, isAdmin: claims.role == "admin", scopes: scopes,
            readOnly: readOnly, tokenId: claims.tokenId ?? "",
            actingId: claims.act?.sub ?? "")
        let session = Known(token, verified, caller)
        known[index] = session
        return session
    }

    /// Lends the field's value if there is exactly one: with two, which one did the sender mean?
    private func single<T>(_ head: RequestHead, _ body: (UnsafeRawBufferPointer) -> T?) -> T? {
        guard head.fields.fields.count(where: { $0.name == .latchkeyIdentity }) == 1 else {
            return nil
        }
        return head.fields.withValue(.latchkeyIdentity, body) ?? nil
    }

    private static func index(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count > 8 else { return 0 }
        var hash = 0
        for byte in bytes[(bytes.count - 5)..<(bytes.count - 1)] { hash = hash &* 31 &+ Int(byte) }
        return hash & 1023
    }
}
