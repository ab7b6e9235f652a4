import Contract
import GatewayContract
import Testing

/// What a route answers somebody whom it refuses.
public struct Refusal: Sendable, Equatable {
    public let status: Int
    public let code: String

    public init(_ status: Int, _ code: String) {
        self.status = status
        self.code = code
    }

    public static let unauthenticated = Refusal(401, "unauthenticated")
    public static let readOnly = Refusal(403, "read_only_token")
    public static let scope = Refusal(403, "insufficient_scope")
    public static let hidden = Refusal(404, "not_found")
}

/// The token that somebody comes with.
public enum Credentials: Sendable {
    case none
    /// One that may only read, with every scope.
    case readOnly
    /// One with every scope but those of the route.
    case scopeless
    /// One with the route's scopes and no other, so that nothing else helps.
    case exact

    public func scopes(of endpoint: Endpoint) -> [String] {
        switch self {
        case .none: []
        case .readOnly: [Scopes.all]
        case .scopeless:
            Scopes.known.subtracting([Scopes.all]).subtracting(endpoint.scopes).sorted()
        case .exact: endpoint.scopes
        }
    }
}

/// One row of a context's authorization matrix: a route, and what each kind of user gets from it.
/// The frame of every matrix, so that all of them ask for the same: exactly those pass whom the
/// route is for, with a token that is enough, and a refusal changes nothing in the database.
public struct MatrixRow<Who: Equatable & Sendable>: Sendable {
    public let endpoint: Endpoint
    /// The status where it succeeds.
    public let success: Int
    /// In the order in which they are tried; nil passes.
    public let cells: [(who: Who, refusal: Refusal?)]
    /// Who is tried with lesser tokens: one of those who may do the most.
    public let strongest: Who

    public init(
        _ endpoint: Endpoint, success: Int, strongest: Who,
        _ cells: [(who: Who, refusal: Refusal?)]
    ) {
        self.endpoint = endpoint
        self.success = success
        self.strongest = strongest
        self.cells = cells
    }

    /// - Parameter words: one for each kind of user, in order: `ok`, or one of the legend's.
    public init(
        _ endpoint: Endpoint, success: Int, strongest: Who, words: String,
        _ legend: [Substring: Refusal]
    ) throws where Who: CaseIterable {
        let words = words.split(separator: " ")
        try #require(words.count == Who.allCases.count, "\(words)")
        let cells = try zip(Who.allCases, words).map { who, word in
            guard word != "ok" else { return (who: who, refusal: Refusal?.none) }
            let refusal: Refusal = try #require(legend[word], "\(word)")
            return (who: who, refusal: Refusal?.some(refusal))
        }
        self.init(endpoint, success: success, strongest: strongest, cells)
    }

    /// With which token, and what is expected then.
    private var attempts: [(who: Who, credentials: Credentials, refusal: Refusal?)] {
        let best = cells.first { $0.who == strongest }?.refusal
        return [
            (strongest, .none, .unauthenticated),
            (strongest, .readOnly, endpoint.readsOnly ? best : .readOnly),
            (strongest, .scopeless, endpoint.scopes.isEmpty ? best : .scope),
        ] + cells.map { ($0.who, .exact, $0.refusal) }
    }

    /// Tries the route with everybody.
    /// - Parameters:
    ///   - makeScene: what the route is tried on; a new one after each change.
    ///   - dump: everything that is kept (`Database.dump`).
    ///   - send: the request, by somebody with a token.
    public func check<Scene>(
        scene makeScene: () async throws -> Scene, dump: () async throws -> [String],
        send: (Scene, Who, Credentials) async throws -> RawResponse
    ) async throws {
        var scene = try await makeScene()
        for (who, credentials, refusal) in attempts {
            let before = try await dump()
            let answer = try await send(scene, who, credentials)
            let changed = Set(try await dump()).symmetricDifference(before)
            let place: Comment = """
                \(endpoint.id) by \(who) (\(credentials)): \(answer.status) \(answer.text)
                """
            if let refusal {
                #expect(answer.status == refusal.status, place)
                #expect(answer.code == refusal.code, place)
                #expect(changed.isEmpty, place)
            } else {
                #expect(answer.status == success, place)
                #expect(changed.isEmpty == endpoint.readsOnly, place)
            }
            if !changed.isEmpty { scene = try await makeScene() }
        }
    }
}

/// A line of a matrix: what a route answers each kind of user who sends `body`.
public struct MatrixLine: Sendable {
    public let success: Int
    /// In the order of the users: `ok`, or a word of the legend.
    public let verdicts: String
    public let body: String?

    public init(_ success: Int, _ verdicts: String, body: String? = nil) {
        self.success = success
        self.verdicts = verdicts
        self.body = body
    }
}

/// That what is missing is answered as what is hidden, byte for byte but for the id that was asked
/// for.
public func expectAlike(
    _ missing: RawResponse, _ id: String, as hidden: RawResponse, _ hiddenId: String
) {
    #expect(missing.status == hidden.status, "\(missing.text)")
    // The problem's type comes last, and is a URL in which an id of one letter may stand as well.
    let parts = missing.text.split(separator: "\"type\":", maxSplits: 1).map(String.init)
    let text = ([parts[0].replacing(id, with: hiddenId)] + parts.dropFirst())
    #expect(text.joined(separator: "\"type\":") == hidden.text, "\(id)")
    #expect(missing.fields.map(\.name) == hidden.fields.map(\.name))
}
