import Synchronization
import TestSupport

/// Random changes of access in all contexts, by users who mostly can make them.
final class RandomThings: Sendable {
    private struct Member: Sendable {
        let id: String
        let name: String
        let token: String
    }

    private struct State {
        var users: [Member] = []
        /// Ids by kind.
        var things: [String: [String]] = [:]
        var made = 0
    }

    private let stack: LiveStack
    private let random: SeededRandom
    private let state = Mutex(State())

    init(_ stack: LiveStack, random: SeededRandom) {
        self.stack = stack
        self.random = random
    }

    func below(_ count: Int) -> Int { random.below(count) }

    func addUser(_ name: String) async throws {
        let user = try await stack.user(name)
        state.withLock { $0.users.append(Member(id: user.id, name: name, token: user.token)) }
    }

    /// Makes a change; failures are part of it, since services are down now and then.
    /// - Returns: whether it was made.
    func change() async throws -> Bool {
        let contexts: [@Sendable () async throws -> RawResponse] = [
            { try await self.entities() }, { try await self.stores() },
            { try await self.integrations() }, { try await self.invitations() },
            { try await self.workspaces() },
        ]
        let answer = try? await contexts[below(contexts.count)]()
        // Without a service there is nothing to do but wait.
        if answer == nil || answer?.status == 503 { try await Task.sleep(for: .milliseconds(20)) }
        return answer.map { (200..<300).contains($0.status) } == true
    }

    // MARK: Contexts

    private func entities() async throws -> RawResponse {
        let (user, other) = (pick(), pick())
        let place = "/api/entities/\(thing("entity"))"
        switch below(16) {
        case 0...3: return try await make("entity", "/api/entities", #","type":"app""#, by: user)
        case 4...7:
            let body = #"{"emails":["\#(other.name)@example.com"]}"#
            return try await call("POST", place + "/shares", body)
        case 8, 9: return try await call("DELETE", "\(place)/access/\(other.id)")
        case 10, 11: return try await call("POST", place + "/publishers", userId(other))
        case 12: return try await call("DELETE", "\(place)/publishers/\(other.id)")
        case 13, 14: return try await call("PUT", place + "/owner", userId(other))
        default: return try await call("DELETE", place)
        }
    }

    private func stores() async throws -> RawResponse {
        let (user, other) = (pick(), pick())
        let place = "/api/organizations/\(thing("organization"))"
        switch below(14) {
        case 0, 1: return try await make("organization", "/api/organizations", "", by: user)
        case 2...5: return try await call("POST", place + "/members", userId(other))
        case 6:
            return try await call(
                "PATCH", "\(place)/members/\(other.id)", #"{"role":"admin"}"#)
        case 7: return try await call("DELETE", "\(place)/members/\(other.id)")
        case 8...11:
            let body = #"{"entityId":"\#(thing("entity"))","isPublic":\#(below(2) == 0)}"#
            return try await call("POST", place + "/store", body)
        case 12:
            return try await call(
                "DELETE", place + "/store?entityId=\(thing("entity"))")
        default: return try await call("DELETE", place)
        }
    }

    private func integrations() async throws -> RawResponse {
        let (user, other) = (pick(), pick())
        let place = "/api/integrations/\(thing("integration"))"
        let team = thing("team")
        let principal = below(2) == 0 ? "user:\(other.name)" : "team:\(team)"
        switch below(16) {
        case 0, 1: return try await make("integration", "/api/integrations", "", by: user)
        case 2, 3: return try await make("team", "/api/teams", "", by: user)
        case 4...7:
            return try await call(
                "PUT", "\(place)/shares/\(principal)", #"{"accessLevel":\#(1 + below(3))}"#)
        case 8: return try await call("DELETE", "\(place)/shares/\(principal)")
        case 9, 10: return try await call("PUT", place + "/owner", #"{"userId":"\#(other.name)"}"#)
        case 11...13:
            return try await call(
                "PUT", "/api/teams/\(team)/members/\(other.name)", #"{"role":"data-wizard"}"#)
        case 14: return try await call("DELETE", "/api/teams/\(team)/members/\(other.name)")
        default: return try await call("DELETE", below(2) == 0 ? place : "/api/teams/\(team)")
        }
    }

    private func invitations() async throws -> RawResponse {
        let other = pick()
        let place = "/api/v1/entities/\(thing("entity"))"
        guard below(4) > 0 else {
            return try await byAll("DELETE", "\(place)/collaborators/\(other.id)")
        }
        let made = try await byAll(
            "POST", place + "/invitations",
            #"{"email":"\#(other.name)@example.com","send_email":false}"#)
        let link = made["accept_url"]?.split(separator: "=").last
        guard let link else { return made }
        return try await stack.api.call(
            "POST", "/api/v1/invitations/accept", token: other.token,
            body: #"{"token":"\#(link)"}"#)
    }

    private func workspaces() async throws -> RawResponse {
        let (user, other) = (pick(), pick())
        let place = "/api/v2/workspaces/\(thing("workspace"))"
        switch below(12) {
        case 0, 1: return try await make("workspace", "/api/v2/workspaces", "", by: user)
        case 2...6:
            let permissions = below(2) == 0 ? "read" : "write"
            let made = try await byAll(
                "POST", place + "/invite",
                #"{"invitedEmail":"\#(other.name)@example.com","permissions":"\#(permissions)"}"#)
            guard let id = made["id"] else { return made }
            let email = "\(other.name)@example.com"
            return try await stack.answer(id, "accepted", as: email, by: other.token)
        case 7, 8:
            return try await byAll(
                "POST", "\(place)/sharedUsers/\(other.id)", #"{"permissions":"write"}"#)
        case 9: return try await byAll("POST", "\(place)/sharedUsers/\(other.id)/remove")
        case 10: return try await byAll("PUT", place + "/owner", userId(other))
        default: return try await byAll("DELETE", place)
        }
    }

    // MARK: Requests

    /// Creates a thing with a new name.
    private func make(
        _ kind: String, _ path: String, _ more: String, by user: Member
    ) async throws -> RawResponse {
        let number = state.withLock { state in
            state.made += 1
            return state.made
        }
        let made = try await stack.api.call(
            "POST", path, token: user.token, body: #"{"name":"\#(kind) \#(number)"\#(more)}"#)
        if let id = made["id"] { state.withLock { $0.things[kind, default: []].append(id) } }
        return made
    }

    /// By the platform admin, who may do most things, or by each user until one may.
    func call(
        _ method: String, _ path: String, _ body: String? = nil
    ) async throws -> RawResponse {
        let answer = try await stack.api.call(method, path, token: stack.adminToken, body: body)
        guard [403, 404].contains(answer.status) else { return answer }
        return try await byAll(method, path, body)
    }

    private func byAll(
        _ method: String, _ path: String, _ body: String? = nil
    ) async throws -> RawResponse {
        let users = state.withLock { $0.users }
        var last: RawResponse?
        for user in users {
            let answer = try await stack.api.call(method, path, token: user.token, body: body)
            guard [403, 404].contains(answer.status) else { return answer }
            last = answer
        }
        guard let last else { throw CancellationError() }
        return last
    }

    private func pick() -> Member {
        state.withLock { $0.users[random.below($0.users.count)] }
    }

    /// One of the later ones, so that things get several changes.
    private func thing(_ kind: String) -> String {
        state.withLock { state in
            let ids = (state.things[kind] ?? []).suffix(8)
            return ids.isEmpty ? "none" : ids[ids.startIndex + random.below(ids.count)]
        }
    }

    private func userId(_ user: Member) -> String { #"{"userId":"\#(user.id)"}"# }
}
