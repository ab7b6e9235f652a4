import Contract
import Foundation
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// What the gateway gets to know of shares, to mail those who got them.
@Suite struct ShareNoticeTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let crm: Integration

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        crm = try await world.integration(by: ada)
        _ = try await world.team("A Team", by: ada)
    }

    private func share(
        with name: String, _ level: Int = 1, notifies: Bool = true
    ) async throws -> Share {
        var useCases = world.useCases
        useCases.listeners = ["gateway"]
        return try await useCases.shareIntegration(
            crm.id, with: PrincipalName(name), try AccessLevel(level), notifies: notifies,
            by: ada
        ).commit().share
    }

    private func reported() throws -> [SharesGiven] {
        let rows = try world.database.read { reader in
            try reader.rows(
                "SELECT data FROM outbox WHERE target = 'gateway' AND type = ?1 ORDER BY number",
                .text(SharedKind.integration.event)
            ) { $0.text(0) }
        }
        return try rows.map { try JSONDecoder().decode(SharesGiven.self, from: Data($0.utf8)) }
    }

    private func standing(_ ids: String...) throws -> [StandingSharesReply.Share] {
        try world.useCases.standingShares(StandingSharesQuery(ids: ids)).shares
    }

    @Test func `a new share with a user is reported once, whatever its level becomes`()
        async throws
    {
        let made = try await share(with: "user:bob", 3)
        _ = try await share(with: "user:bob", 3)
        _ = try await share(with: "user:bob", 5)
        #expect(
            try reported() == [
                SharesGiven(
                    givenBy: ada.userId,
                    shares: [SharesGiven.Share(id: made.id, userId: bob.userId)])
            ])
        #expect(
            try standing(made.id, "shr_none") == [
                .init(id: made.id, thingId: crm.id, name: "CRM", level: 5)
            ])
    }

    @Test func `shares with teams, with oneself, or without mails are not reported`()
        async throws
    {
        _ = try await share(with: "team:a-team")
        _ = try await share(with: "user:ada")
        _ = try await share(with: "user:bob", notifies: false)
        #expect(try reported().isEmpty)
    }

    @Test func `a share that was revoked doesn't stand, nor one of a deleted integration`()
        async throws
    {
        let first = try await share(with: "user:bob")
        try await world.unshare(crm, with: "user:bob", by: ada)
        #expect(try standing(first.id).isEmpty)
        let second = try await share(with: "user:bob")
        #expect(try standing(first.id, second.id).map(\.id) == [second.id])
        try await world.useCases.deleteIntegration(crm.id, by: ada).commit()
        #expect(try standing(second.id).isEmpty)
    }
}
