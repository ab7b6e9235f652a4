import Kernel
import Testing

/// Tries one route that changes something, as every such route must behave. What is wrong comes
/// back as sentences, so that one test can try all routes of a context.
///
/// The test makes a trial for each endpoint of the context's route table, in a service of its own;
/// an endpoint without one is a mistake as well.
public struct WriteTrial: Sendable {
    public typealias Send =
        @Sendable (
            _ request: String, _ body: String?, _ fields: [String]
        ) async throws -> RawResponse
    /// Takes a right away, and what a repeated request is answered then.
    public typealias Loss = (take: @Sendable () async throws -> Void, status: Int)

    /// `POST /path` and the like.
    let request: String
    let body: String?
    /// Who can make the change.
    let caller: Send
    /// Somebody who can't, and what they are answered; nil where everybody can.
    let stranger: (send: Send, status: Int)?
    /// The path of the GET whose tag the request's conditions are held against; nil where no GET
    /// shows one.
    let shownBy: String?
    /// False for what is made by the change at the very place that the request names.
    let exists: Bool
    /// Takes the caller's right away, and what a repeated request is answered then.
    let loss: Loss?

    public init(
        _ request: String, _ body: String? = nil, as caller: @escaping Send,
        not stranger: (send: Send, status: Int)? = nil, shownBy: String? = nil,
        exists: Bool = true, loss: Loss? = nil
    ) {
        self.request = request
        self.body = body
        self.caller = caller
        self.stranger = stranger
        self.shownBy = shownBy
        self.exists = exists
        self.loss = loss
    }

    /// RFC 9110 §13: who can't is refused first; then a condition that does not hold is 412, and
    /// nothing is changed; one that holds lets the change through.
    /// - Parameter everything: all that is kept.
    public func conditions(everything: () async throws -> [String]) async throws -> [String] {
        var mistakes: [String] = []
        let before = try await everything()
        func refuse(
            _ send: Send, _ field: String, _ status: Int, _ code: String? = nil
        ) async throws {
            let answer = try await send(request, body, [field])
            if answer.status != status || (code != nil && answer.code != code) {
                mistakes.append("\(request), \(field): \(answer.status), not \(status)")
            }
            if try await everything() != before {
                mistakes.append("\(request), \(field): something was changed")
            }
        }
        if let stranger { try await refuse(stranger.send, "If-Match: \"stale\"", stranger.status) }
        try await refuse(caller, "If-Match: stale", 400, "malformed_precondition")
        try await refuse(caller, "If-Match: \"stale\", W/\"weak\"", 412, "precondition_failed")
        try await refuse(
            caller, exists ? "If-None-Match: *" : "If-Match: *", 412, "precondition_failed")
        var holds = exists ? "If-Match: *" : "If-None-Match: *"
        if let shownBy {
            let tag = try await caller("GET \(shownBy)", nil, []).field("etag")
            guard let tag else { return mistakes + ["GET \(shownBy) has no tag"] }
            try await refuse(caller, "If-None-Match: \(tag)", 412, "precondition_failed")
            holds = "If-Match: \"stale\", \(tag)"
        }
        let answer = try await caller(request, body, [holds])
        if !(200..<300).contains(answer.status) {
            mistakes.append("\(request), \(holds): \(answer.status) \(answer.text)")
        }
        return mistakes
    }

    /// What no answer to a repeated request may hold.
    private static let secrets = [
        #""token":"#, #""secret":"#, #""npmRegistryKey":"#, #""accept_url":"#, "whsec_", "?token=",
        "?claim=",
    ]

    /// A repeated request is answered alike, without secrets, and changes nothing; and like a first
    /// one where the caller has lost the right since.
    public func repetition(everything: () async throws -> [String]) async throws -> [String] {
        let key = ["Idempotency-Key: trial"]
        let first = try await caller(request, body, key)
        guard (200..<300).contains(first.status), first.field("idempotency-replayed") == nil else {
            return ["\(request): \(first.status) \(first.text)"]
        }
        var mistakes: [String] = []
        let before = try await everything()
        let second = try await caller(request, body, key + ["If-Match: \"stale\""])
        if second.status != first.status || second.field("idempotency-replayed") != "true" {
            mistakes.append("\(request), repeated: \(second.status) \(second.text)")
        }
        if try await everything() != before {
            mistakes.append("\(request), repeated: something was changed")
        }
        for secret in Self.secrets where second.text.contains(secret) {
            mistakes.append("\(request), repeated: \(secret) in \(second.text)")
        }
        for name in ["location", "etag"] where second.field(name) != first.field(name) {
            mistakes.append("\(request), repeated: another \(name)")
        }
        guard let loss else { return mistakes + ["\(request): say how the right is lost"] }
        try await loss.take()
        let third = try await caller(request, body, key)
        if third.status != loss.status || third.field("idempotency-replayed") != nil {
            mistakes.append("\(request), right lost: \(third.status) \(third.text)")
        }
        return mistakes
    }
}

extension ServedService {
    /// Tries a route with conditions (`WriteTrial.conditions`).
    /// - Parameters:
    ///   - everything: all that is kept; nil for the whole database.
    ///   - make: the trial of the route; nil if it has none.
    public static func expectConditions(
        of route: String, everything: ((ServedService) async throws -> [String])? = nil,
        trial make: (ServedService) async throws -> WriteTrial?
    ) async throws {
        try await expect(route, everything, make) { try await $0.conditions(everything: $1) }
    }

    /// Tries a route with a repeated request (`WriteTrial.repetition`).
    public static func expectRepetition(
        of route: String, everything: ((ServedService) async throws -> [String])? = nil,
        trial make: (ServedService) async throws -> WriteTrial?
    ) async throws {
        try await expect(route, everything, make) { try await $0.repetition(everything: $1) }
    }

    private static func expect(
        _ route: String, _ everything: ((ServedService) async throws -> [String])?,
        _ make: (ServedService) async throws -> WriteTrial?,
        _ check: (WriteTrial, () async throws -> [String]) async throws -> [String]
    ) async throws {
        try await run { served in
            let trial = try #require(try await make(served), "\(route) has no trial")
            let mistakes = try await check(trial) {
                try await everything?(served) ?? served.database.dump()
            }
            #expect(mistakes == [])
        }
    }

    /// Requests as a user.
    public func sending(as caller: Caller) -> WriteTrial.Send {
        { try await self.send($0, $1, as: caller, fields: $2) }
    }

    /// A trial of what a user can do and a stranger can't.
    public func trial(
        _ request: String, _ body: String? = nil, as caller: Caller, refusing status: Int = 404,
        shownBy: String? = nil, exists: Bool = true, loss: WriteTrial.Loss? = nil
    ) -> WriteTrial {
        WriteTrial(
            request, body, as: sending(as: caller),
            not: (sending(as: user("stranger")), status), shownBy: shownBy, exists: exists,
            loss: loss)
    }

    /// The user loses all rights: they are deleted.
    public func deletion(of user: Caller) -> WriteTrial.Loss {
        (
            take: {
                let data = #"{\"userId\":\"\#(user.userId)\",\"deletedBy\":\"usr_root\"}"#
                let told = try await self.sendAsService(
                    "POST /internal/events",
                    #"{"id":"evt_1","type":"user.deleted","at":"2026-01-01T00:00:00.000Z","#
                        + #""data":"\#(data)"}"#)
                try #require(told.status == 200, "\(told.text)")
            }, status: 403
        )
    }
}
