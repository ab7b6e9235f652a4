import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

extension GatewayAPI {
    func createCode(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(NewCodeBody.self)
        try await signIn.requestCode(body.email, from: SignInClient(request))
        return Response(202)
    }

    func createSession(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(NewSessionBody.self)
        let session = try await signIn.signIn(
            body.email, code: body.code, from: SignInClient(request), requestId: request.requestId)
        return .json(201, SessionBody(session))
    }

    func createProviderSession(_ request: RequestContext) async throws -> Response {
        let session = try await signIn.signIn(
            try request.decode(ProviderSessionBody.self), from: SignInClient(request),
            requestId: request.requestId)
        return .json(201, SessionBody(session))
    }

    func exchangeCode(_ request: RequestContext) async throws -> Committed {
        let write = try exchangeCodes.exchange(
            try request.decode(ExchangeBody.self), by: request.caller)
        return try await request.commit(write, current: .exists) { .json($0) }
    }

    func deleteSession(_ request: RequestContext) async throws -> Committed {
        try await request.commit(signIn.signOut(request.caller), current: .exists) { .noContent }
    }

    func listSessions(
        of userId: String, _ request: RequestContext
    ) throws -> Response {
        let caller = request.caller
        let page = try sessions.list(of: userId, try request.page(), by: caller)
        return .list(
            page.map { ActiveSessionBody($0, isCurrent: $0.id == caller.tokenId) }, for: request)
    }

    func endSessions(of userId: String, _ request: RequestContext) async throws -> Committed {
        try await request.commit(
            sessions.endAll(of: userId, by: request.caller), current: .exists
        ) { .noContent }
    }

    func endSession(
        _ id: String, of userId: String, _ request: RequestContext
    ) async throws -> Committed {
        try await request.commit(
            sessions.end(id, of: userId, by: request.caller), current: .exists
        ) { .noContent }
    }
}

extension SessionBody {
    fileprivate init(_ session: SignIn.Session) {
        self.init(
            token: session.token, user: UserBody(session.user), expiresAt: session.expiresAt)
    }
}

extension ActiveSessionBody {
    init(_ session: Token, isCurrent: Bool) {
        self.init(
            id: session.id, createdAt: session.createdAt, lastUsedAt: session.lastUsedAt,
            expiresAt: session.expiresAt ?? session.createdAt,
            userAgent: session.device?.userAgent, address: session.device?.address,
            current: isCurrent)
    }
}
