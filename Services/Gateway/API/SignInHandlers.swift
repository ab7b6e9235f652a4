import EventLoop
import GatewayContract
import HTTPCore
import Kernel
import ServiceKit

extension GatewayAPI {
    func createCode(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(NewCodeBody.self)
        try await signIn.requestCode(body.email, from: request.network)
        return Response(202)
    }

    func createSession(_ request: RequestContext) async throws -> Response {
        let body = try request.decode(NewSessionBody.self)
        let session = try await signIn.signIn(
            body.email, code: body.code, from: request.network, requestId: request.requestId)
        return .json(
            201,
            SessionBody(
                token: session.token, user: UserBody(session.user), expiresAt: session.expiresAt))
    }

    func deleteSession(_ request: RequestContext) async throws -> Committed {
        try await request.commit(signIn.signOut(request.caller), current: .exists) { .noContent }
    }
}

extension RequestContext {
    /// An IPv6 client has 2^64 addresses, so its network counts.
    var network: String {
        guard let address = IPAddress(client), !address.isIPv4 else { return client }
        return "\(address.high)"
    }
}
