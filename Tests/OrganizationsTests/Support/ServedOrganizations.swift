import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Organizations

/// The whole service, with scripted neighbours.
typealias ServedOrganizations = ServedService<OrganizationsFakes>

struct OrganizationsFakes: ServiceFakes {
    static let name = "organizations"
    let directory = FakeDirectory()
    let entities: FakeEntities
    let storage = FakeStorage()
    // Nothing listens there: events stay in the outbox.
    let settings = [
        "LATCHKEY_ENTITIES_URL": "http://127.0.0.1:\(Ports.next())",
        "LATCHKEY_INVITATIONS_URL": "http://127.0.0.1:\(Ports.next())",
    ]

    init(clock: FakeClock) {
        entities = FakeEntities(
            ids: IDMinter(clock: clock, random: SeededRandom(seed: 2)), clock: clock)
    }

    func start(
        _ settings: inout Settings, _ common: CommonSettings, _ runtime: Runtime
    ) async throws -> ContextService {
        try await makeOrganizations(
            OrganizationsSettings(&settings, common), runtime,
            remote: OrganizationsRemote(
                directory: directory, entities: entities, storage: storage))
    }
}

/// Short forms.
extension ServedOrganizations {
    /// The path of a new organization.
    func organization(_ name: String = "Acme", by owner: Caller) async throws -> String {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST /api/organizations", #"{"name":"\#(name)"}"#, as: owner)
        return try #require(made.field("location"), "\(made.text)")
    }

    /// Makes `user` a member of the organization at `path`.
    func join(
        _ user: Caller, _ path: String, as role: String = "member", by caller: Caller
    ) async throws {
        clock.advance(seconds: 1)
        let made = try await send(
            "POST \(path)/members", #"{"userId":"\#(user.userId)","role":"\#(role)"}"#, as: caller)
        try #require(made.status == 201, "\(made.text)")
    }

    /// The id of a new role.
    func role(
        _ name: String, _ scopes: [String], in path: String, by caller: Caller
    ) async throws -> String {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        let made = try await send(
            "POST \(path)/roles", #"{"name":"\#(name)","scopes":[\#(list)]}"#, as: caller)
        return try #require(made["id"], "\(made.text)")
    }

    /// The id of a new publication.
    func publish(
        _ entityId: String, publicly isPublic: Bool = false, to path: String, by caller: Caller
    ) async throws -> String {
        let made = try await send(
            "POST \(path)/store", #"{"entityId":"\#(entityId)","isPublic":\#(isPublic)}"#,
            as: caller)
        return try #require(made["id"], "\(made.text)")
    }
}
