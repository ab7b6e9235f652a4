import Contract
import HTTPCore
import HTTPServer

/// An endpoint with its handler.
public struct Route: Sendable {
    enum Handler: Sendable {
        case now(@Sendable (RequestContext) throws -> Response)
        case soon(
            @Sendable (RequestContext) throws -> Response?,
            @Sendable (RequestContext) async throws -> Response)
        case later(@Sendable (RequestContext) async throws -> Response)
        case change(@Sendable (RequestContext) async throws -> Committed)
        case command(@Sendable (RequestContext) async throws -> Response)
        case raw(@Sendable (RequestContext, Exchange) -> Void)
    }

    /// The declaration that it serves.
    public let endpoint: Endpoint
    let input: RequestInput
    let handler: Handler
    /// Whether external ids in its requests are left to who gets them next.
    let leavesNames: Bool

    private init(_ endpoint: Endpoint, _ handler: Handler, leavesNames: Bool = false) {
        self.leavesNames = leavesNames
        self.endpoint = endpoint
        self.handler = handler
        let isProxy = if case .raw = handler { true } else { false }
        input = RequestInput(endpoint, readsBody: !isProxy)
    }

    /// Responds at once, on the loop's thread: for reads from memory or SQLite.
    public static func now(
        _ endpoint: Endpoint, _ handler: @escaping @Sendable (RequestContext) throws -> Response
    ) -> Route { Route(endpoint, .now(handler)) }

    /// Responds at once if it can, and otherwise as `later`.
    /// - Parameter now: nil if it has to wait for something.
    public static func soon(
        _ endpoint: Endpoint, now: @escaping @Sendable (RequestContext) throws -> Response?,
        later: @escaping @Sendable (RequestContext) async throws -> Response
    ) -> Route { Route(endpoint, .soon(now, later)) }

    /// Can wait: for a write, for another service.
    public static func later(
        _ endpoint: Endpoint,
        _ handler: @escaping @Sendable (RequestContext) async throws -> Response
    ) -> Route { Route(endpoint, .later(handler)) }

    /// Changes something for a user: its answer comes from `RequestContext.commit`, and from
    /// nowhere else.
    public static func change(
        _ endpoint: Endpoint,
        _ handler: @escaping @Sendable (RequestContext) async throws -> Committed
    ) -> Route { Route(endpoint, .change(handler)) }

    /// Changes something of another service, or several things one after the other, as a standard
    /// has it: no response is stored for a repeated request, so repeating it must do no harm, and
    /// an `Idempotency-Key` is refused.
    public static func command(
        _ endpoint: Endpoint,
        _ handler: @escaping @Sendable (RequestContext) async throws -> Response
    ) -> Route {
        Route(
            endpoint,
            .command { request in
                try request.requireNoIdempotencyKey()
                return try await handler(request)
            })
    }

    /// Takes over the exchange with its body: for a proxy.
    /// - Parameter leavesNames: whether external ids are left to who gets the request next.
    public static func raw(
        _ endpoint: Endpoint, leavesNames: Bool = false,
        _ handler: @escaping @Sendable (RequestContext, Exchange) -> Void
    ) -> Route { Route(endpoint, .raw(handler), leavesNames: leavesNames) }
}

extension Route {
    /// Whether the handler keeps what the declaration promises.
    fileprivate var isAsDeclared: Bool {
        switch handler {
        case .raw: true
        case .now: endpoint.answersAtOnce != .usually
        case .soon: endpoint.answersAtOnce != .always
        case .later: endpoint.answersAtOnce == .no
        case .change: endpoint.answersAtOnce == .no && endpoint.storesResponse
        case .command: endpoint.answersAtOnce == .no && !endpoint.storesResponse
        }
    }

    fileprivate var commits: Bool {
        switch handler {
        // A proxy passes it on to who commits.
        case .change, .command, .raw: true
        case .now, .soon, .later: false
        }
    }
}

/// The URL table of a server.
public struct RouteTable: Sendable {
    /// In the order in which they were given.
    public let routes: [Route]
    let router: Router
    /// The first segments of paths below which SCIM answers.
    private let scimRoots: Set<[UInt8]>

    /// Routes that clash trap here, at start; so does one that changes something for a user and is
    /// no `.change`, and one that does not answer at once as it is declared to.
    public init(_ routes: [Route]) {
        for route in routes {
            precondition(
                route.commits || !route.endpoint.changesForUser,
                "\(route.endpoint.id) changes something: declare its route with .change")
            precondition(
                route.isAsDeclared,
                "\(route.endpoint.id) answers at once: declare its route with .now or .soon")
        }
        self.routes = routes
        scimRoots = Set(
            routes.filter { $0.endpoint.errors == .scim }.map {
                Self.root(Array($0.endpoint.path.utf8))
            })
        router = Router(
            routes.enumerated().map { (Self.method($1.endpoint.method), $1.endpoint.path, $0) })
    }

    /// How errors are answered where no route is: as by those that are near.
    func errors(below path: UnsafeRawBufferPointer) -> Endpoint.Errors {
        !scimRoots.isEmpty && scimRoots.contains(Self.root(path)) ? .scim : .problems
    }

    /// The first segment of a path.
    private static func root(_ path: some Collection<UInt8>) -> [UInt8] {
        Array(path.dropFirst().prefix { $0 != UInt8(ascii: "/") })
    }

    /// A path of these routes that somebody may have meant: without a slash at its end, in lower
    /// case, below `/api`.
    func path(near path: String) -> String? {
        let segments = path.split(separator: "/").map { segment in
            // Ids keep their case.
            segment.contains("_") ? String(segment) : segment.lowercased()
        }
        let near = "/" + segments.joined(separator: "/")
        return [near, "/api" + near].first { candidate in
            guard candidate != path else { return false }
            let match = Array(candidate.utf8).withUnsafeBytes { router.match(.get, $0) }
            if case .notFound = match { return false }
            return true
        }
    }

    private static func method(_ method: Endpoint.Method) -> Method {
        switch method {
        case .get: .get
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }
}
