import Contract
import EventLoop
import HTTPCore
import HTTPServer
import Kernel
import ServiceKit

/// The gate of the internal port, on which edge gateways pass on what the primary one answers
/// itself. They have applied the limits of the caller, and say who the client is. The gateway's
/// operator can call some of those routes. To others they don't exist there: they would be a way
/// round the limits.
final class EdgeGate: Gate, @unchecked Sendable {  // each authenticator is used on its loop alone
    private let authenticators: [Int: IdentityAuthenticator]

    init(_ keys: ServiceKeys, clock: any Clock, on group: EventLoopGroup) {
        authenticators = Dictionary(
            uniqueKeysWithValues: group.loops.map {
                ($0.slot, IdentityAuthenticator(audience: "gateway", keys: keys, clock: clock))
            })
    }

    var isPublic: Bool { false }

    func fields(for head: RequestHead) -> (any AnswerFields)? { nil }

    func admit(
        _ session: (any Session)?, to endpoint: Endpoint, _ exchange: Exchange
    ) throws(Fault) -> AnyObject? {
        let isOperator = session.map { !($0 is BearerAuthenticator.Known) } ?? false
        let isForOperators = GatewayAPI.forOperators.contains(endpoint)
        if isOperator ? isForOperators : Health.paths.contains(endpoint.path) || isEdge(exchange) {
            return nil
        }
        throw isForOperators ? .unauthenticated : .notFound
    }

    func admitUnmatched(_ exchange: Exchange) {}
    func admitRefused(_ head: RequestHead?, from peer: Peer) {}

    func client(of exchange: Exchange) -> Peer {
        guard let text = exchange.head.fields[.xForwardedFor], isEdge(exchange),
            let address = IPAddress(text)
        else { return exchange.peer }
        return Peer(address: address, host: text)
    }

    func options(_ head: RequestHead, allow: String) -> [Response.Field] { [] }

    private func isEdge(_ exchange: Exchange) -> Bool {
        exchange.loop.assertCurrent()
        guard let authenticator = authenticators[exchange.loop.slot] else { return false }
        do throws(Fault) {
            try authenticator.service(exchange.head, named: "gateway")
            return true
        } catch {
            return false
        }
    }
}

/// Authenticates on the internal port: the gateway's operator, services, and clients whose requests
/// an edge gateway passes on.
final class InternalAuthenticator: Authenticator {
    private let operators: OperatorAuthenticator
    private let tokens: any Authenticator

    init(_ keys: ServiceKeys, clock: any Clock, _ tokens: any Authenticator) {
        operators = OperatorAuthenticator(of: "gateway", keys: keys, clock: clock)
        self.tokens = tokens
    }

    func user(_ head: RequestHead) throws(Fault) -> any Session {
        if let session = try? operators.user(head) { return session }
        return try tokens.user(head)
    }

    func acting(_ session: any Session, _ head: RequestHead) throws(Fault) -> any Session {
        try tokens.acting(session, head)
    }

    func again(_ head: RequestHead, _ session: any Session) throws(Fault) -> any Session {
        if let session = try? operators.user(head) { return session }
        return try tokens.again(head, session)
    }

    func userNow(_ head: RequestHead) throws(Fault) -> (any Session)? {
        if let session = try? operators.user(head) { return session }
        return try tokens.userNow(head)
    }

    func againNow(
        _ head: RequestHead, _ session: any Session
    ) throws(Fault) -> (any Session)? {
        if let session = try? operators.user(head) { return session }
        return try tokens.againNow(head, session)
    }

    func ask(_ head: RequestHead) async throws(Fault) -> any Session {
        try await tokens.ask(head)
    }

    func service(_ head: RequestHead) throws(Fault) { try operators.service(head) }
}
