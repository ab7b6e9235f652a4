import Contract
import EventLoop
import HTTPServer
import Kernel
import TestSupport
import Testing
import Tracing

@testable import HTTPCore
@testable import ServiceKit

let secret = Array("a secret of 32 bytes, for tests only".utf8)

/// The head of a request, as the server would read it.
func head(
    _ target: String = "/api/things", _ fields: [String] = [], method: String = "GET"
) throws -> RequestHead {
    var parser = RequestParser(limits: HTTPLimits())
    let lines = ["\(method) \(target) HTTP/1.1", "Host: test"] + fields
    let text = lines.joined(separator: "\r\n") + "\r\n\r\n"
    let event = Array(text.utf8).withUnsafeBytes { bytes -> RequestHead? in
        if case .head(let head) = parser.next(bytes).event { head } else { nil }
    }
    return try #require(event)
}

/// A request as a handler would see it.
func request(
    _ target: String = "/api/things", _ fields: [String] = [], body: String = ""
) throws -> RequestContext {
    let endpoint = Endpoint("test", .get, "/api/things", summary: "Test")
    return RequestContext(
        head: try head(target, fields), endpoint: endpoint, session: nil,
        body: Array(body.utf8), requestId: "request-1", deadline: .distantFuture,
        parameters: PathParameters(), input: RequestInput(endpoint), handler: idleHandler,
        trace: SpanContext(traceHigh: 1, traceLow: 2, spanId: 3, isSampled: false))
}

/// Serves nothing; a context belongs to some handler.
private let idleHandler = APIHandler(
    RouteTable([]), on: EventLoop(), authenticator: NameAuthenticator(),
    logger: LogBook().logger(),
    random: SystemRandom())

/// Takes `Bearer <user>` for a user with the scopes after the colon: `ann:things:write,*`.
final class NameAuthenticator: Authenticator {
    final class Named: Session {
        let caller: Caller
        init(_ caller: Caller) { self.caller = caller }
    }

    func again(_ head: RequestHead, _ session: any Session) -> any Session { session }

    func user(_ head: RequestHead) throws(Fault) -> any Session {
        guard let text = head.fields[.authorization] else { throw .unauthenticated }
        let words = text.dropFirst("Bearer ".count).split(separator: ":", maxSplits: 1)
        guard let name = words.first else { throw .invalidToken }
        let scopes = words.count > 1 ? words[1].split(separator: ",").map(String.init) : []
        return Named(
            Caller(userId: String(name), scopes: scopes, readOnly: name.hasPrefix("reader")))
    }

    func service(_ head: RequestHead) throws(Fault) {
        guard head.fields[.latchkeyIdentity] == "service" else { throw .unauthenticated }
    }
}

/// A server of `routes` on a free port, for the time of `test`.
func withAPI(
    _ routes: [Route], logger: Logger = LogBook().logger(), loops: Int = 1,
    tracer: Tracer = Tracer(), test: (APIClient, APIServer) async throws -> Void
) async throws {
    let runtime = Runtime(group: EventLoopGroup(count: loops), logger: logger, tracer: tracer)
    let server = try await APIServer(routes, options: ServerOptions(), runtime: runtime) {
        NameAuthenticator()
    }
    try await ending {
        await server.drain(milliseconds: 0)
        runtime.group.stop()
    } after: {
        try await test(APIClient(port: server.port), server)
    }
}
