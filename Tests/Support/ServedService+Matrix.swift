import Contract
import Kernel
import SQLite
import Testing

extension ServedService {
    public var database: Database { Fakes.database(of: service) }

    /// All rows once no job is left, but for what may change beside what a test looks at.
    public func contents() async throws -> [String] {
        try await database.finishJobs()
        return try database.dump(except: Fakes.exceptions)
    }

    /// Somebody of the matrix; nil without a token.
    /// - Parameter scopes: what the request needs beyond the scopes of its route.
    public func caller(
        _ who: some Any, _ credentials: Credentials, _ endpoint: Endpoint, _ scopes: [String] = []
    ) -> Caller? {
        if case .none = credentials { return nil }
        let name = "\(who)".lowercased()
        return user(
            name, scopes: credentials.scopes(of: endpoint) + (credentials == .exact ? scopes : []),
            readOnly: credentials == .readOnly, isAdmin: name.hasPrefix("platform"))
    }

    /// What is hidden from somebody is answered as what is missing, by `not_found`.
    /// - Parameters:
    ///   - request: names what is hidden by `id`.
    ///   - others: ids of nothing.
    public func expectHidden(
        _ request: String, _ body: String? = nil, _ id: String, from stranger: Caller,
        as others: [String]
    ) async throws {
        let hidden = try await send(request, body, as: stranger)
        #expect(hidden.status == 404 && hidden.code == "not_found", "\(hidden.text)")
        for other in others {
            let missing = try await send(
                request.replacing(id, with: other), body?.replacing(id, with: other), as: stranger)
            expectAlike(missing, other, as: hidden, id)
        }
    }

    /// Routes of other services admit no user, and nobody without an identity.
    public func expectNoUsers(at routes: [Endpoint]) async throws {
        let before = try await contents()
        for route in routes {
            for caller in [nil, user("owner"), user("root", isAdmin: true)] {
                let refused = try await send("POST \(route.path)", "{}", as: caller)
                #expect(refused.status == 401, "\(route.id): \(refused.text)")
            }
        }
        #expect(try await contents() == before)
    }
}

extension MatrixRow {
    /// Tries the route with everybody on a whole service.
    /// - Parameters:
    ///   - scopes: what the request needs beyond the scopes of the route.
    ///   - makeScene: what the route is tried on; a new one after each change.
    ///   - request: by somebody, and its body.
    public func check<Fakes, Scene>(
        on served: ServedService<Fakes>, _ scopes: [String] = [],
        scene makeScene: () async throws -> Scene,
        request: (Scene, Who) async throws -> (String, String?)
    ) async throws {
        try await check(scene: makeScene, dump: served.contents) { scene, who, credentials in
            let (target, body) = try await request(scene, who)
            return try await served.send(
                target, body, as: served.caller(who, credentials, endpoint, scopes))
        }
    }
}
