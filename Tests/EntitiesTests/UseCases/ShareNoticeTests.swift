import Contract
import EntitiesContract
import Foundation
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Entities

/// What the gateway gets to know of shares, to mail those who got them.
@Suite struct ShareNoticeTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let cyd: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        cyd = world.user("cyd")
    }

    private func share(
        _ entity: Entity, with names: [String], notifies: Bool = true
    ) async throws -> ShareOutcome {
        var useCases = world.useCases
        useCases.notifiers = ["gateway"]
        return try await useCases.shareEntity(
            entity.id, with: try Addressees(names.map(world.email)),
            ShareOptions(notifies: notifies), by: ada
        ).commit()
    }

    private func reported() throws -> [SharesGiven] {
        let rows = try world.database.read { reader in
            try reader.rows(
                "SELECT data FROM outbox WHERE target = 'gateway' AND type = ?1 ORDER BY number",
                .text(SharedKind.entity.event)
            ) { $0.text(0) }
        }
        return try rows.map { try JSONDecoder().decode(SharesGiven.self, from: Data($0.utf8)) }
    }

    private func standing(_ ids: [String]) throws -> [StandingSharesReply.Share] {
        try world.useCases.standingShares(StandingSharesQuery(ids: ids)).shares
    }

    @Test func `new shares of one request are reported as one, others not at all`() async throws {
        let entity = try await world.entity(by: ada)
        try await world.addPublisher(cyd, to: entity, by: ada)
        let outcome = try await share(entity, with: ["bob", "cyd", "ada", "nobody"])
        let created = outcome.created.map(\.share)
        #expect(created.count == 1)
        let expected = SharesGiven(
            givenBy: ada.userId,
            shares: created.map { SharesGiven.Share(id: $0.id, userId: bob.userId) })
        #expect(try reported() == [expected])
        // The second time nobody gets access.
        _ = try await share(entity, with: ["bob", "cyd"])
        #expect(try reported() == [expected])
        let others = try world.database.read { reader in
            try reader.row(
                "SELECT count(*) FROM outbox WHERE target = 'organizations' AND type = ?1",
                .text(SharedKind.entity.event)
            ) { Int($0.int(0)) }
        }
        #expect(others == 0)
    }

    @Test func `a request can say that its shares are not mailed`() async throws {
        let entity = try await world.entity(by: ada)
        #expect(try await share(entity, with: ["bob"], notifies: false).created.count == 1)
        #expect(try reported().isEmpty)
    }

    @Test func `a refused request reports nothing`() async throws {
        let entity = try await world.entity(by: ada)
        let poor = world.user("poor", scopes: ["entities:share"])
        try await world.addPublisher(poor, to: entity, by: ada)
        var useCases = world.useCases
        useCases.notifiers = ["gateway"]
        let write = try await useCases.shareEntity(
            entity.id, with: try Addressees([world.email("bob")]), by: poor)
        await #expect(throws: Fault.self) { _ = try await write.commit() }
        #expect(try reported().isEmpty)
    }

    @Test func `shares stand until they are revoked, and their entity's name is the current one`()
        async throws
    {
        let entity = try await world.entity("Deploy Bot", by: ada)
        let ids = try await share(entity, with: ["bob", "cyd"]).created.map(\.share.id)
        #expect(
            try standing(ids + ["shr_none"]).sorted { $0.id < $1.id }
                == ids.sorted().map { .init(id: $0, thingId: entity.id, name: "Deploy Bot") })
        try await world.useCases.removeShare(ids[0], of: entity.id, by: ada).commit()
        #expect(try standing(ids).map(\.id) == [ids[1]])
        _ = try await world.useCases.revokeAccess(
            of: cyd.userId, to: entity.id, by: ada
        ).commit()
        #expect(try standing(ids).isEmpty)
    }

    @Test func `shares of an entity that is deleted, or of users who left, don't stand`()
        async throws
    {
        let entity = try await world.entity(by: ada)
        let other = try await world.entity("Other", by: ada)
        let first = try await share(entity, with: ["bob"]).created.map(\.share.id)
        let second = try await share(other, with: ["bob"]).created.map(\.share.id)
        try await world.useCases.deleteEntity(entity.id, by: ada).commit()
        #expect(try standing(first + second).map(\.id) == second)
        // Its job has not begun yet.
        try await world.useCases.onUserOffboarded(bob, by: world.admin())
        #expect(try standing(second).isEmpty)
    }

    @Test func `more than a hundred shares are asked in parts`() {
        let ids = Array(repeating: "shr_1", count: StandingSharesQuery.maximum + 1)
        #expect(throws: Fault.self) {
            try world.useCases.standingShares(StandingSharesQuery(ids: ids))
        }
    }
}
