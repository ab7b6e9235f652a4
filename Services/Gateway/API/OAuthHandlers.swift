import GatewayContract
import HTTPCore
import Kernel
import SQLite
import ServiceKit

/// What programs that speak OAuth 2.0 ask.
struct OAuthHandlers: Sendable {
    let tokens: Tokens
    /// Nil without issuers.
    let jwts: JWTVerifier?
    let publicURL: PublicURL?
    private var clock: any Clock { tokens.lookup.clock }

    init(_ tokens: Tokens, _ jwts: JWTVerifier?, _ publicURL: PublicURL?) {
        (self.tokens, self.jwts, self.publicURL) = (tokens, jwts, publicURL)
    }

    var routes: [Route] {
        [
            .now(OAuthRoutes.metadata) { _ in try metadata() },
            // RFC 9728 §3.1: the path of the resource follows the well-known one.
            .now(OAuthRoutes.metadataBelow) { request in
                guard publicURL?.path == "/" + (try request.path("path")) else {
                    throw Fault.notFound
                }
                return try metadata()
            },
            .later(OAuthRoutes.introspect) { try await introspect($0) },
            .later(OAuthRoutes.revoke) { try await revoke($0) },
        ]
    }

    private func metadata() throws(Fault) -> Response {
        guard let publicURL, let jwts else { throw .notFound }
        return .resource(
            ProtectedResourceBody(base: publicURL.text, issuers: jwts.issuers.map(\.name)))
    }

    private func token(_ request: RequestContext) throws(Fault) -> String {
        guard let token = try WebForm(request).only("token"),
            OAuthLimits.token.contains(token.utf8.count)
        else {
            throw Fault(
                GatewayProblems.malformedForm,
                "The form must have one field token, of 1 to \(OAuthLimits.token.upperBound) bytes."
            )
        }
        return token
    }

    // MARK: Introspection

    private func introspect(_ request: RequestContext) async throws -> Response {
        let token = try token(request)
        return .json(try await introspected(Array(token.utf8)))
    }

    private func introspected(_ token: [UInt8]) async throws -> IntrospectedBody {
        if token.withUnsafeBytes({ APIToken.isWellFormed($0) }) { return try ofOurs(token) }
        guard let jwts, RecentJWTs.bytes.contains(token.count) else { return .inactive }
        let verified: VerifiedJWT
        do throws(Fault) {
            verified = try await jwts.verify(
                token, token.withUnsafeBytes { SHA256.hash($0) }, at: clock.now())
        } catch {
            // Its issuer's keys may come back; anything else won't.
            guard error.kind == .unauthenticated else { throw error }
            return .inactive
        }
        let user = try tokens.database.read {
            try UserStore.find(externalId: verified.externalId, in: $0)
        }
        guard let user, !user.isSuspended else { return .inactive }
        let caller = Caller(
            userId: user.id, isAdmin: user.role == .admin, scopes: verified.scopes,
            tokenId: verified.id)
        return IntrospectedBody(
            caller, of: user, issuer: verified.issuer, expiresAt: verified.expiresAt)
    }

    private func ofOurs(_ token: [UInt8]) throws -> IntrospectedBody {
        let now = clock.now()
        return try tokens.database.read { db in
            guard let grant = try TokenStore.grant(digest: SHA256.hash(token), in: db),
                grant.expiresAt.map({ $0 > now }) ?? true, !grant.isSuspended,
                let user = try UserStore.find(grant.caller.userId, in: db)
            else { return .inactive }
            return IntrospectedBody(
                grant.caller, of: user, issuer: publicURL?.text, expiresAt: grant.expiresAt)
        }
    }

    // MARK: Revocation

    private func revoke(_ request: RequestContext) async throws -> Response {
        let token = try token(request)
        guard Array(token.utf8).withUnsafeBytes({ APIToken.isWellFormed($0) }) else {
            guard token.contains(".") else { return Response(200) }
            // RFC 7009 §2.2.1.
            throw Fault(
                GatewayProblems.malformedForm,
                "JWTs end by themselves, or by the suspension of their user: their issuer can "
                    + "revoke them.", members: ["error": "unsupported_token_type"])
        }
        try await tokens.revoke(secret: token, requestId: request.requestId)
        return Response(200)
    }
}

extension IntrospectedBody {
    fileprivate init(_ caller: Caller, of user: User, issuer: String?, expiresAt: Timestamp?) {
        let usable = Scopes.known.filter { $0 != Scopes.all && caller.has(scope: $0) }
        self.init(
            active: true, scopes: usable.sorted(), userId: user.id, username: user.username,
            externalId: user.externalId, isAdmin: user.role == .admin, readOnly: caller.readOnly,
            id: caller.tokenId, issuer: issuer,
            expiresAt: expiresAt.map { Int($0.milliseconds / 1_000) })
    }
}
