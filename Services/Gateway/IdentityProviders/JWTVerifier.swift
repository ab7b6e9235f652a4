import GatewayContract
import JOSE
import Kernel
import ServiceKit
import Synchronization

/// Verifies JWTs of configured issuers. All loops share one: what it has verified it keeps by its
/// digest until it expires, so that a token's signature is checked once.
final class JWTVerifier: Sendable {
    /// Beyond it all are verified anew.
    private static let maximumKept = 50_000

    private struct Source {
        let issuer: JWTIssuer
        let keys: IssuerKeys
    }

    private struct State {
        var kept: [SHA256.Digest: VerifiedJWT] = [:]
        /// By issuer.
        var verified: [String: Int] = [:]
        /// By reason.
        var refused: [String: Int] = [:]
        var created = 0
        /// How often an issuer has lost a key.
        var losses = 0
    }

    private let sources: [Source]
    private let kept: Kept
    private let refreshing = Mutex<[Task<Void, Never>]>([])

    private final class Kept: Sendable {
        let state = Mutex(State())

        func forget(_ issuer: String) {
            state.withLock { state in
                state.losses += 1
                state.kept = state.kept.filter { $0.value.issuer != issuer }
            }
        }
    }

    /// - Parameter fetch: how the keys of an issuer are fetched.
    init(
        _ issuers: [JWTIssuer], _ logger: Logger, time: IssuerKeys.Time = IssuerKeys.Time(),
        fetch: (JWTIssuer) -> IssuerKeys.Fetch
    ) {
        let kept = Kept()
        self.kept = kept
        sources = issuers.map { issuer in
            let name = issuer.name
            return Source(
                issuer: issuer,
                keys: IssuerKeys(
                    of: name, time, logger, removed: { kept.forget(name) }, fetch: fetch(issuer)))
        }
    }

    var issuers: [JWTIssuer] { sources.map(\.issuer) }

    /// Begins to keep the keys fresh. Nothing waits for it: an issuer that is away stops nobody.
    func start() {
        refreshing.withLock { tasks in
            tasks = sources.map { source in Task { await source.keys.keepFresh() } }
        }
    }

    /// Returns when nothing is fetched any longer: the loops can stop then.
    func stop() async {
        let tasks = refreshing.withLock { $0 }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    // MARK: Tokens

    /// - Returns: nil if the issuer's keys have to be fetched first.
    /// - Throws: 401.
    func verifyNow(
        _ token: [UInt8], _ digest: SHA256.Digest, at now: Timestamp
    ) throws(Fault) -> VerifiedJWT? {
        if let known = known(digest, at: now) { return known }
        let (jws, claims, source) = try read(token)
        let losses = kept.state.withLock { $0.losses }
        guard let keys = source.keys.current else { return nil }
        switch keys.keys(for: jws) {
        case .unusable: throw refuse(.unusableKey)
        case .unknown where source.keys.canRefresh: return nil
        case .unknown where source.keys.hasFailed: throw Self.unavailable
        case .unknown: throw refuse(.unknownKey)
        case .found(let keys):
            guard keys.contains(where: jws.isSigned) else { throw refuse(.signature) }
            return try accept(claims, of: source.issuer, digest, at: now, losses)
        }
    }

    /// As `verifyNow`, after the keys were fetched.
    /// - Throws: 503 while they can't be.
    func verify(
        _ token: [UInt8], _ digest: SHA256.Digest, at now: Timestamp
    ) async throws(Fault) -> VerifiedJWT {
        if let verified = try verifyNow(token, digest, at: now) { return verified }
        let source = try read(token).source
        await source.keys.refreshForUnknown()
        guard source.keys.current != nil else { throw Self.unavailable }
        guard let verified = try verifyNow(token, digest, at: now) else { throw Self.unavailable }
        return verified
    }

    private static let unavailable = Fault(
        ProblemType.upstreamUnavailable,
        "The token can't be verified: its issuer's keys can't be fetched at the moment.",
        retryAfter: 1)

    private func known(_ digest: SHA256.Digest, at now: Timestamp) -> VerifiedJWT? {
        guard let known = kept.state.withLock({ $0.kept[digest] }), known.expiresAt > now,
            let source = sources.first(where: { $0.issuer.name == known.issuer }),
            source.keys.current != nil
        else { return nil }
        return known
    }

    private func read(
        _ token: [UInt8]
    ) throws(Fault) -> (token: CompactJWS, claims: JWTClaims, source: Source) {
        do throws(JWTRefusal) {
            let jws = try CompactJWS(token)
            // Others, such as those of logouts, have the same issuer and key (RFC 8725 §3.11).
            guard ["jwt", "at+jwt"].contains(jws.type ?? "jwt") else { throw .type }
            let claims = try JWTClaims(jws.payload)
            guard let source = sources.first(where: { $0.issuer.name == claims.issuer }) else {
                throw .issuer
            }
            return (jws, claims, source)
        } catch {
            throw refuse(error)
        }
    }

    /// - Parameter losses: before the keys were read: the key may be gone since.
    private func accept(
        _ claims: JWTClaims, of issuer: JWTIssuer, _ digest: SHA256.Digest, at now: Timestamp,
        _ losses: Int
    ) throws(Fault) -> VerifiedJWT {
        let verified: VerifiedJWT
        do throws(JWTRefusal) {
            verified = try issuer.accept(claims, id: VerifiedJWT.id(of: digest), at: now)
        } catch {
            throw refuse(error)
        }
        kept.state.withLock { state in
            state.verified[issuer.name, default: 0] += 1
            guard state.losses == losses else { return }
            if state.kept.count >= Self.maximumKept {
                state.kept = state.kept.filter { $0.value.expiresAt > now }
                if state.kept.count >= Self.maximumKept { state.kept.removeAll() }
            }
            state.kept[digest] = verified
        }
        return verified
    }

    // MARK: Refusals and metrics

    private func refuse(_ reason: JWTRefusal) -> Fault {
        refuse(reason.rawValue, reason.sentence)
    }

    /// 401 for a token that is valid, but for no user of ours.
    func refuse(_ reason: UserRefusal) -> Fault {
        refuse(reason.rawValue, reason.sentence, code: reason.code)
    }

    private func refuse(
        _ reason: String, _ sentence: String, code: String = ProblemType.invalidToken.code
    ) -> Fault {
        kept.state.withLock { $0.refused[reason, default: 0] += 1 }
        return Fault(.unauthenticated, code: code, sentence)
    }

    func countCreated() { kept.state.withLock { $0.created += 1 } }

    func writeMetrics(_ text: inout MetricsText) {
        let (verified, refused, created) = kept.state.withLock {
            ($0.verified, $0.refused, $0.created)
        }
        let names = sources.map(\.issuer.name)
        text.family("latchkey_jwt_verified_total", "counter", "JWTs whose signature was verified.")
        for name in names {
            text.sample(
                "latchkey_jwt_verified_total", ["issuer": name], Double(verified[name] ?? 0))
        }
        text.family("latchkey_jwt_refused_total", "counter", "JWTs that were refused, by reason.")
        let reasons = JWTRefusal.allCases.map(\.rawValue) + UserRefusal.allCases.map(\.rawValue)
        for reason in reasons {
            text.sample(
                "latchkey_jwt_refused_total", ["reason": reason], Double(refused[reason] ?? 0))
        }
        text.counter(
            "latchkey_jwt_users_created_total", "Users created from the claims of JWTs.",
            Double(created))
        let states = sources.map { ($0.issuer.name, $0.keys.statistics) }
        text.family(
            "latchkey_jwks_age_seconds", "gauge",
            "Time since an issuer's keys were fetched; -1 if they never were.")
        for (name, state) in states {
            text.sample(
                "latchkey_jwks_age_seconds", ["issuer": name],
                state.age.map { Double($0) / 1_000 } ?? -1)
        }
        text.family("latchkey_jwks_fetches_total", "counter", "Fetches of keys that succeeded.")
        for (name, state) in states {
            text.sample("latchkey_jwks_fetches_total", ["issuer": name], Double(state.fetches))
        }
        text.family("latchkey_jwks_failures_total", "counter", "Fetches of keys that failed.")
        for (name, state) in states {
            text.sample("latchkey_jwks_failures_total", ["issuer": name], Double(state.failures))
        }
    }
}

/// Why a verified JWT is for no user of ours.
enum UserRefusal: String, CaseIterable {
    case unknown = "unknown_user"
    case unverifiedEmail = "unverified_email"
    case emailTaken = "email_taken"

    var code: String {
        self == .emailTaken ? GatewayProblems.emailTaken.code : ProblemType.invalidToken.code
    }

    var sentence: String {
        switch self {
        case .unknown: "No user has the externalId that the token names."
        case .unverifiedEmail:
            "No user has the externalId that the token names, and the token has no verified e-mail "
                + "address (email, email_verified: true) to create one."
        case .emailTaken:
            "The token's e-mail address is another user's: a platform admin can set that user's "
                + "externalId."
        }
    }
}

extension JWTIssuer {
    /// Holds what one of our issuers has signed against the rules.
    func accept(
        _ claims: JWTClaims, id: String, at now: Timestamp
    ) throws(JWTRefusal) -> VerifiedJWT {
        let expiresAt = try claims.check(audience: audience, at: now)
        guard !claims.has("cnf") else { throw .bound }
        guard let subject = claims.text(externalClaim),
            let externalId = try? ExternalID.check(subject, pointer: "")
        else { throw .claims }
        let known = claims.scopes.filter(Scopes.known.contains)
        return VerifiedJWT(
            id: id, issuer: name, externalId: externalId, scopes: known.isEmpty ? scopes : known,
            expiresAt: expiresAt, newcomer: provisions ? VerifiedJWT.Newcomer(claims) : nil)
    }
}
