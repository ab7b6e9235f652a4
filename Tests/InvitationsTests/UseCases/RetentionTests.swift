import InvitationsContract
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

@Suite struct RetentionTests {
    let world: World
    let owner: Caller
    let entity: String

    init() throws {
        world = try World()
        owner = world.user("ada")
        entity = world.entity(by: owner)
    }

    @Test func `old events leave the feed, from the first on`() async throws {
        let rule = WebhooksUseCases.eventRetention(days: 30)
        for number in 1...3 {
            try await world.receive(world.event(number, owners: [owner.userId]))
            world.days(10)
        }
        // The first is exactly thirty days old.
        #expect(try await world.purge(rule) == 0)
        world.days(5)
        #expect(try await world.purge(rule, limit: 1) == 1)
        #expect(try await world.purge(rule) == 0)
        let left = try await world.feed(by: owner)
        #expect(left.events.map(\.id) == ["evt_2", "evt_3"])
        #expect(try world.database.read { try rule.oldest($0) } != nil)
    }

    @Test func `a reader behind the kept events is told so, and can continue`() async throws {
        for number in 1...4 { try await world.receive(world.event(number, owners: [owner.userId])) }
        let first = try await world.feed(limit: 2, by: owner)
        world.days(31)
        try await world.receive(world.event(5, owners: [owner.userId]))
        #expect(try await world.purge(WebhooksUseCases.eventRetention(days: 30)) == 4)
        let missed = await #expect(throws: Fault.self) {
            try await world.feed(after: first.next, by: owner)
        }
        #expect(missed?.kind == .gone && missed?.code == "events_expired")
        // Whoever has read all of them misses nothing, and a new reader begins with the rest.
        let last = first.next + 2
        #expect(missed?.detail.contains("after=\(last)") == true)
        for after in [0, last] {
            #expect(try await world.feed(after: after, by: owner).events.map(\.id) == ["evt_5"])
        }
    }

    @Test func `an event stays while a delivery of it is known`() async throws {
        let webhook = try await world.webhook(by: owner)
        try await world.invite("a@example.com", to: entity, by: owner)
        try await world.deliver(webhook)
        let before = try world.numbers().count
        world.days(100)
        let events = WebhooksUseCases.eventRetention(days: 30)
        // Those of the webhook itself came before.
        _ = try await world.purge(events)
        #expect(try world.numbers().count == before)
        #expect(try await world.purge(WebhooksUseCases.deliveryRetention(days: 30)) == 1)
        _ = try await world.purge(events)
        #expect(try world.numbers().isEmpty)
    }

    @Test func `invitations that have ended are deleted, and others aren't`() async throws {
        let bob = world.user("bob")
        let accepted = try await world.invite("bob@example.com", to: entity, by: owner)
        try await world.accept(accepted, by: bob)
        let revoked = try await world.invite("c@example.com", to: entity, by: owner)
        try await world.revoke(revoked, by: owner)
        let pending = try await world.invite("d@example.com", to: entity, by: owner, days: 90)
        let rule = InvitationsUseCases.retention(days: 30)
        world.days(7 + 29)
        #expect(try await world.purge(rule) == 0)
        world.days(2)
        #expect(try await world.purge(rule) == 2)
        #expect(try world.find(accepted) == nil && world.find(pending) != nil)
        #expect(try world.collaborators(of: entity)[bob.userId] != nil)
        #expect(try await world.purge(InvitationsUseCases.retention(days: nil)) == 0)
    }

    @Test func `workspace invitations that have ended are deleted`() async throws {
        let workspace = try await world.workspace(by: owner)
        let invitation = try await world.invite("bob@example.com", into: workspace, by: owner)
        let rule = WorkspacesUseCases.retention(days: 30)
        world.days(60)
        #expect(try await world.purge(rule) == 0)
        _ = try await world.workspaces.expireSome()
        #expect(try await world.purge(rule) == 1)
        let left = try world.database.read {
            try WorkspaceInvitationStore.find(invitation.id, in: $0)
        }
        #expect(left == nil)
    }

    @Test(arguments: [
        ([:], []),
        (["EVENTS": "30"], []),
        (["EVENTS": "30", "DELIVERIES": "31"], ["LATCHKEY_RETENTION_EVENTS must be at least"]),
        (["EVENTS": "90", "DELIVERIES": "0"], ["LATCHKEY_RETENTION_EVENTS must be at least"]),
        (["EVENTS": "91", "TOMBSTONES": "90"], ["LATCHKEY_RETENTION_EVENTS must not be more"]),
        (["TOMBSTONES": "90"], []),
        (["EVENTS": "29"], ["LATCHKEY_RETENTION_EVENTS must be 0", "LATCHKEY_RETENTION_EVENTS"]),
        (["DELIVERIES": "6"], ["LATCHKEY_RETENTION_DELIVERIES must be 0"]),
        (
            ["INVITATIONS": "1", "TOMBSTONES": "1"],
            [
                "LATCHKEY_RETENTION_TOMBSTONES must be 0",
                "LATCHKEY_RETENTION_INVITATIONS must be 0",
            ]
        ),
    ]) func `what needs another is kept no longer`(
        _ given: [String: String], _ mistakes: [String]
    ) {
        var variables = ["LATCHKEY_INTERNAL_SECRET": String(repeating: "s", count: 32)]
        for (name, value) in given { variables["LATCHKEY_RETENTION_\(name)"] = value }
        var settings = Settings(variables)
        let common = CommonSettings(&settings, defaultPort: 8104)
        _ = InvitationsSettings(&settings, common)
        #expect(settings.mistakes.count == mistakes.count)
        for (found, expected) in zip(settings.mistakes, mistakes) {
            #expect(found.hasPrefix(expected))
        }
    }
}
