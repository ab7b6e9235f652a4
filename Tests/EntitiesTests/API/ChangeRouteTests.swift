import Contract
import EntitiesContract
import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Entities

/// Every route that writes: its conditions, and the response to a repeated request.
@Suite struct ChangeRouteTests {
    static let routes = EntityRoutes.all.filter(\.changesForUser)

    @Test(arguments: routes.map(\.id))
    func `a stale If-Match is refused and changes nothing`(_ route: String) async throws {
        try await ServedEntities.expectConditions(
            of: route, everything: { try await $0.contents() }
        ) {
            try await Cast($0).trial(of: route)
        }
    }

    @Test(arguments: routes.filter { $0.method == .post }.map(\.id))
    func `a repeated request is answered only if the caller could still make it`(
        _ route: String
    ) async throws {
        try await ServedEntities.expectRepetition(
            of: route, everything: { try await $0.contents() }
        ) {
            try await Cast($0).trial(of: route)
        }
    }
}

/// An entity, and users who each have a different relation to it.
private struct Cast {
    let served: ServedEntities
    let owner: Caller
    /// Publishers other than the owner.
    let publisher: Caller
    let another: Caller
    /// Has access by a share.
    let guest: Caller
    let guestShare: String
    let id: String
    var path: String { "/api/entities/\(id)" }

    init(_ served: ServedEntities) async throws {
        self.served = served
        owner = served.user("owner")
        publisher = served.user("publisher")
        another = served.user("another")
        guest = served.user("guest")
        _ = served.user("new")
        id = try await served.entity(by: owner)
        for user in [publisher, another] {
            let added = try await served.send(
                "POST /api/entities/\(id)/publishers", #"{"userId":"\#(user.userId)"}"#, as: owner)
            try #require(added.status == 201, "\(added.text)")
        }
        let shared = try await served.send(
            "POST /api/entities/\(id)/shares", #"{"emails":["guest@example.com"]}"#, as: owner)
        guestShare = try #require(shared.json?["created"]?[0]?["id"]?.string, "\(shared.text)")
    }

    private func losing(_ request: String, _ status: Int) -> WriteTrial.Loss {
        (
            take: { [served, owner] in
                let gone = try await served.send(request, as: owner)
                try #require(gone.status == 204, "\(gone.text)")
            }, status: status
        )
    }

    func trial(of route: String) async throws -> WriteTrial? {
        switch route {
        case "createEntity":
            return WriteTrial(
                "POST /api/entities", #"{"name":"New","type":"app"}"#,
                as: served.sending(as: guest),
                loss: served.deletion(of: guest))
        case "updateEntity":
            return served.trial("PATCH \(path)", #"{"name":"X"}"#, as: publisher, shownBy: path)
        case "deleteEntity": return served.trial("DELETE \(path)", as: owner, shownBy: path)
        case "transferEntity":
            return served.trial(
                "PUT \(path)/owner", #"{"userId":"usr_new"}"#, as: owner, shownBy: path)
        case "shareEntity":
            return served.trial(
                "POST \(path)/shares", #"{"emails":["new@example.com"]}"#, as: guest,
                loss: losing("DELETE \(path)/shares/\(guestShare)", 404))
        case "revokeShare": return served.trial("DELETE \(path)/shares/\(guestShare)", as: owner)
        case "addPublisher":
            return served.trial(
                "POST \(path)/publishers", #"{"userId":"usr_new"}"#, as: publisher,
                loss: losing("DELETE \(path)/publishers/usr_publisher", 404))
        case "removePublisher":
            return served.trial("DELETE \(path)/publishers/usr_another", as: publisher)
        case "revokeEntityAccess":
            return served.trial("DELETE \(path)/access/usr_guest", as: publisher)
        case "createVersion":
            let digest = String(repeating: "a", count: 64)
            return served.trial(
                "POST \(path)/versions",
                #"{"version":"1.0.0","packageUrl":"https://p.example","sha256":"\#(digest)"}"#,
                as: publisher, loss: losing("DELETE \(path)/publishers/usr_publisher", 404))
        case "installEntity":
            return served.trial("PUT \(path)/installation", "{}", as: guest, exists: false)
        case "uninstallEntity":
            let made = try await served.send("PUT \(path)/installation", "{}", as: guest)
            try #require(made.status == 201)
            return served.trial("DELETE \(path)/installation", as: guest)
        default: return nil
        }
    }
}
