import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

/// Callers whose token another issuer has signed. Their sessions are kept as those of our own
/// tokens are, under the digest and for a second, so that a suspension ends them as soon.
extension BearerAuthenticator {
    /// - Returns: nil if the issuer's keys, or the user, have to be asked for.
    func session(
        ofJWT head: RequestHead, _ digest: SHA256.Digest, _ source: JWTSource, _ now: Timestamp
    ) throws(Fault) -> Known? {
        let verifier = source.verifier
        guard let token = try verifier.verifyNow(Self.bearer(head), digest, at: now),
            case .known(let user) = try self.source.user(named: token.userName)
        else { return nil }
        guard let user else {
            guard token.newcomer == nil else { return nil }
            throw verifier.refuse(.unknown)
        }
        return try session(token, of: user, now)
    }

    /// As `session(ofJWT:)`, by asking for what isn't known.
    func ask(
        forJWT head: RequestHead, _ digest: SHA256.Digest, _ source: JWTSource
    ) async throws(Fault) -> Known {
        let now = self.source.clock.now()
        let token = try await source.verifier.verify(Self.bearer(head), digest, at: now)
        if let user = try await self.source.askForUser(named: token.userName) {
            return try session(token, of: user, now)
        }
        guard let newcomer = token.newcomer else { throw source.verifier.refuse(.unknown) }
        guard let email = newcomer.email else { throw source.verifier.refuse(.unverifiedEmail) }
        let command = NewcomerCommand(
            externalId: token.externalId, email: email, username: newcomer.username,
            displayName: newcomer.displayName, tokenId: token.id)
        guard let user = try await source.create(command) else {
            throw source.verifier.refuse(.emailTaken)
        }
        source.verifier.countCreated()
        return try session(token, of: user, now)
    }

    private func session(
        _ token: VerifiedJWT, of user: NamedUser, _ now: Timestamp
    ) throws(Fault) -> Known {
        guard !user.isSuspended else { throw Fault(ProblemType.userSuspended) }
        let caller = Caller(
            userId: user.id, isAdmin: user.isAdmin, scopes: token.scopes, tokenId: token.id)
        let fresh = now.adding(milliseconds: TokenLookup.freshMilliseconds)
        // Of the user: a provider gives as many tokens as it is asked for.
        let limitKey = PublicGate.limitKey("\(VerifiedJWT.idPrefix)\(user.id)")
        return known(caller, since: now, until: min(fresh, token.expiresAt), limitKey: limitKey)
    }

    /// The request's token, which `digest(_:)` has found.
    private static func bearer(_ head: RequestHead) -> [UInt8] {
        head.fields.withValue(.authorization) { Array($0.bearerToken ?? $0) } ?? []
    }
}

extension VerifiedJWT {
    /// How its user is found.
    fileprivate var userName: String { ExternalID.prefix + externalId }
}

extension UnsafeRawBufferPointer {
    /// The token of an `Authorization` with the scheme Bearer; nil for other schemes.
    var bearerToken: UnsafeRawBufferPointer? {
        let scheme = "bearer".utf8
        guard count >= scheme.count, zip(self, scheme).allSatisfy({ $0 | 0x20 == $1 }),
            count == scheme.count || self[scheme.count] == UInt8(ascii: " ")
        else { return nil }
        // RFC 9110 §11.4: one space or more.
        return UnsafeRawBufferPointer(
            rebasing: self[scheme.count...].drop { $0 == UInt8(ascii: " ") })
    }
}
