import Contract
import EntitiesContract
import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Entities

/// The callers of the authorization matrix. Each is a different user, and except for `former` none
/// of them created the entity.
enum Who: String, CaseIterable, Sendable {
    case stranger
    /// Has a share.
    case friend
    case collaborator
    /// Belongs to an organization whose store contains the entity.
    case member
    /// Any user, while the entity is in a public store.
    case visitor
    /// Created, owned and published the entity and shared it with the friend; has no access now.
    case former
    case publisher
    case owner
    case platformAdmin
    /// Was a publisher, and was deleted while the request was in progress.
    case deleted
}

/// An entity with one of each.
struct AuthorizationScene: Sendable {
    let served: ServedEntities
    let entity: String
    let share: String
    /// Each scene deletes another user.
    private let deleted: String

    private static let count = Mutex(0)

    init(_ served: ServedEntities) async throws {
        self.served = served
        deleted =
            "deleted"
            + Self.count.withLock { count in
                count += 1
                return String(count)
            }
        let former = served.user("former")
        let names = Who.allCases.map { $0.rawValue.lowercased() } + [deleted, "coauthor", "target"]
        served.organizations.set { $0.members["org_1"] = Set(names.map { "usr_\($0)" }) }
        for name in names + ["outsider"] { _ = served.user(name) }
        entity = try await served.entity(by: former)
        for name in ["publisher", "coauthor", "owner", deleted] {
            try await served.done(
                "POST /api/entities/\(entity)/publishers", #"{"userId":"usr_\#(name)"}"#, former)
        }
        let shared = try await served.done(
            "POST /api/entities/\(entity)/shares", #"{"emails":["friend@example.com"]}"#, former)
        share = try #require(shared.json?["created"]?[0]?["id"]?.string)
        try await open()
        try await install()
        try await replaceOwner()
        try await deleteUser()
    }

    /// Grants access as other services do.
    private func open() async throws {
        served.organizations.set { [entity] in $0.stores[entity] = ["usr_member"] }
        let query = AccessQuery(entityId: entity, userId: "usr_collaborator")
        served.collaborators.set { _ = $0.collaborations.insert(query) }
    }

    private func install() async throws {
        for version in ["1.0.0", "1.1.0"] {
            try await served.done(
                "POST /api/entities/\(entity)/versions", Self.version(version),
                served.user("former"))
        }
        let users: [Who] = [
            .friend, .collaborator, .member, .visitor, .former, .publisher, .owner, .deleted,
        ]
        for who in users {
            _ = try await asked(by: who) {
                try await served.done(
                    "PUT /api/entities/\(entity)/installation", #"{"version":"1.0.0"}"#,
                    served.user(name(who)))
            }
        }
    }

    private func replaceOwner() async throws {
        let path = "/api/entities/\(entity)"
        try await served.done(
            "PUT \(path)/owner", #"{"userId":"usr_owner"}"#, served.user("former"))
        try await served.done("DELETE \(path)/publishers/usr_former", nil, served.user("owner"))
    }

    private func deleteUser() async throws {
        let data = #"{\"userId\":\"usr_\#(deleted)\",\"deletedBy\":\"usr_root\"}"#
        let taken = try await served.sendAsService(
            "POST /internal/events",
            #"{"id":"evt_\#(deleted)","type":"user.deleted","at":"2026-01-15T09:00:00.000Z","#
                + #""data":"\#(data)"}"#)
        try #require(taken.text == #"{"applied":true}"#, "\(taken.text)")
    }

    static func version(_ version: String) -> String {
        let digest = String(repeating: "a", count: 64)
        return #"{"version":"\#(version)","packageUrl":"https://p.example/p.tgz","#
            + #""sha256":"\#(digest)"}"#
    }

    // MARK: Asking

    /// The request of a row, by somebody with a token.
    func send(
        _ row: AuthorizationTable.Row, _ who: Who, _ credentials: Credentials
    ) async throws -> RawResponse {
        let place = row.target(entity: entity, share: share, caller: "usr_\(name(who))")
        let caller = served.caller(name(who), credentials, row.endpoint, row.scopes)
        return try await asked(by: who) {
            try await served.send(place, row.body(entity: entity), as: caller)
        }
    }

    private func name(_ who: Who) -> String {
        who == .deleted ? deleted : who.rawValue.lowercased()
    }

    /// The entity is in a public store while the visitor sends a request.
    private func asked<T>(by who: Who, _ body: () async throws -> T) async throws -> T {
        served.organizations.set { [entity] in
            $0.publicEntities = who == .visitor ? [entity] : []
        }
        return try await body()
    }
}

extension ServedEntities {
    /// A request that must succeed.
    @discardableResult
    func done(_ request: String, _ json: String?, _ caller: Caller) async throws -> RawResponse {
        let answer = try await send(request, json, as: caller)
        try #require((200...299).contains(answer.status), "\(request): \(answer.text)")
        return answer
    }
}
