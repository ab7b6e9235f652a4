import Contract
import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// Every route that writes: its conditions, and its response to a repeated request.
@Suite struct ChangeRouteTests {
    static let routes = OrganizationRoutes.all.filter(\.changesForUser)

    @Test(arguments: routes.map(\.id))
    func `a stale If-Match is refused and changes nothing`(_ route: String) async throws {
        try await ServedOrganizations.expectConditions(of: route) {
            try await Cast($0).trial(of: route)
        }
    }

    @Test(arguments: routes.filter { $0.method == .post }.map(\.id))
    func `a stored response is returned only to a caller who still has the permission`(
        _ route: String
    ) async throws {
        try await ServedOrganizations.expectRepetition(of: route) {
            try await Cast($0).trial(of: route)
        }
    }

    /// Other services aren't called for what only a first request needs.
    @Test func `a repeated request doesn't repeat the calls that its effect needed`() async throws {
        try await ServedOrganizations.run { served in
            let cast = try await Cast(served)
            let trial = try #require(try await cast.trial(of: "setStorageConfig"))
            let mistakes = try await trial.repetition { try served.database.dump() }
            #expect(mistakes == [])
            #expect(served.storage.asked.count == 1)
        }
    }
}

/// An organization and one user for each kind of caller.
private struct Cast {
    let served: ServedOrganizations
    let owner: Caller
    let admin: Caller
    /// A member who publishes an entity.
    let publisher: Caller
    let entity: String
    let path: String

    init(_ served: ServedOrganizations) async throws {
        self.served = served
        owner = served.user("owner")
        admin = served.user("admin")
        publisher = served.user("publisher")
        _ = served.user("new")
        path = try await served.organization(by: owner)
        try await served.join(admin, path, as: "admin", by: owner)
        try await served.join(publisher, path, by: owner)
        try await served.join(served.user("other"), path, by: owner)
        entity = served.entities.add(by: publisher)
    }

    /// The owner demotes the admin to a member.
    private var demotion: WriteTrial.Loss {
        (
            take: { [served, owner, path] in
                let done = try await served.send(
                    "PATCH \(path)/members/usr_admin", #"{"role":"member"}"#, as: owner)
                try #require(done.status == 200, "\(done.text)")
            }, status: 403
        )
    }

    /// The user is no longer a publisher of the entity but keeps access.
    private var unpublishing: WriteTrial.Loss {
        (
            take: { [served, entity, publisher] in
                served.entities.change(entity) {
                    $0.publishers = []
                    $0.readers = [publisher.userId]
                }
            }, status: 403
        )
    }

    func trial(of route: String) async throws -> WriteTrial? {
        switch route {
        case "createOrganization":
            return WriteTrial(
                "POST /api/organizations", #"{"name":"New"}"#, as: served.sending(as: admin),
                loss: served.deletion(of: admin))
        case "updateOrganization":
            return served.trial("PATCH \(path)", #"{"name":"X"}"#, as: admin, shownBy: path)
        case "deleteOrganization": return served.trial("DELETE \(path)", as: owner, shownBy: path)
        case "rotateNpmRegistryKey":
            return served.trial(
                "POST \(path)/npm-registry-key/rotate", as: admin, shownBy: path, loss: demotion)
        case "setStorageConfig":
            return served.trial(
                "POST \(path)/storage-config",
                #"{"mode":"external","external":{"provider":"s3","#
                    + #""endpoint":"https://s3.example.com","bucket":"packages","region":"eu-1","#
                    + #""accessKeyId":"AKIA","secretAccessKey":"s3cret"}}"#,
                as: admin, shownBy: "\(path)/storage-config", loss: demotion)
        default: return try await peopleTrial(of: route)
        }
    }

    private func peopleTrial(of route: String) async throws -> WriteTrial? {
        switch route {
        case "addMember":
            return served.trial(
                "POST \(path)/members", #"{"userId":"usr_new"}"#, as: admin, loss: demotion)
        case "updateMember":
            return served.trial("PATCH \(path)/members/usr_other", #"{"role":"admin"}"#, as: admin)
        case "removeMember": return served.trial("DELETE \(path)/members/usr_other", as: admin)
        case "createRole":
            return served.trial(
                "POST \(path)/roles", #"{"name":"r","scopes":[]}"#, as: admin, loss: demotion)
        case "updateRole", "deleteRole":
            let role = try await served.role("reader", [], in: path, by: owner)
            return route == "updateRole"
                ? served.trial("PATCH \(path)/roles/\(role)", #"{"name":"x"}"#, as: admin)
                : served.trial("DELETE \(path)/roles/\(role)", as: admin)
        default: return try await storeTrial(of: route)
        }
    }

    private func storeTrial(of route: String) async throws -> WriteTrial? {
        if route == "publishEntity" {
            return served.trial(
                "POST \(path)/store", #"{"entityId":"\#(entity)"}"#, as: publisher,
                loss: unpublishing)
        }
        let id = try await served.publish(entity, to: path, by: publisher)
        let publication = "\(path)/store/\(id)"
        switch route {
        case "unpublishEntity":
            return served.trial(
                "DELETE \(path)/store", #"{"entityId":"\#(entity)"}"#, as: publisher,
                shownBy: publication)
        case "updatePublication":
            return served.trial(
                "PATCH \(publication)", #"{"isPublic":true}"#, as: publisher,
                shownBy: publication)
        case "deletePublication":
            return served.trial("DELETE \(publication)", as: publisher, shownBy: publication)
        default: return nil
        }
    }
}
