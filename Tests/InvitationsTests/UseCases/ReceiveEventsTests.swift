import Contract
import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Events of other contexts, and who has them.
@Suite struct ReceiveEventsTests {
    private let world: World
    private let ada: Caller
    private let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        root = world.admin()
        world.directory.promote(root.userId)
        world.entities.setAdmins(of: "org_1", ada.userId)
    }

    private let organization = FeedScope.organization("org_1")

    private func ids(_ webhook: Webhook) async throws -> [String] {
        try await world.deliver(webhook).map(\.id)
    }

    @Test func `each event is stored once, in order, however often it comes`() async throws {
        let events = (1...3).map { world.event($0) }
        #expect(try await world.receive(events[0], events[1]) == 2)
        // Sent again after a crash, with one more.
        #expect(try await world.receive(events[0], events[1], events[2]) == 1)
        #expect(try await world.receive(events[1]) == 0)
        #expect(try await world.ids(in: .platform, by: root) == ["evt_1", "evt_2", "evt_3"])
    }

    @Test func `an event is in the feeds and webhooks of its owner, organization and the platform`()
        async throws
    {
        let own = try await world.webhook("https://own.example", by: ada)
        let admins = try await world.webhook("https://org.example", in: organization, by: ada)
        let all = try await world.webhook("https://all.example", in: .platform, by: root)
        try await world.receive(
            world.event(1, owners: [ada.userId]), world.event(2, organization: "org_1"),
            world.event(3, owners: ["usr_other"], organization: "org_2"),
            world.event(4, owners: [ada.userId], organization: "org_1"), world.event(5))
        let mine = FeedScope.own(userId: ada.userId)
        #expect(try await world.ids(in: mine, by: ada) == ["evt_1", "evt_4"])
        #expect(try await world.ids(in: organization, by: ada) == ["evt_2", "evt_4"])
        let everything = (1...5).map { "evt_\($0)" }
        #expect(try await world.ids(in: .platform, by: root) == everything)
        #expect(try await ids(own) == ["evt_1", "evt_4"])
        #expect(try await ids(admins) == ["evt_2", "evt_4"])
        #expect(try await ids(all) == everything)
    }

    @Test func `one URL receives an event once for a user, also in several scopes`() async throws {
        let own = try await world.webhook("https://hub.example", by: ada)
        let admins = try await world.webhook("HTTPS://hub.example/", in: organization, by: ada)
        let roots = try await world.webhook("https://hub.example", in: .platform, by: root)
        try await world.receive(
            world.event(1, owners: [ada.userId], organization: "org_1"),
            world.event(2, organization: "org_1"))
        #expect(try await ids(own) == ["evt_1"])
        #expect(try await ids(admins) == ["evt_2"])
        // For another user it is another webhook.
        #expect(try await ids(roots) == ["evt_1", "evt_2"])
    }

    @Test func `events of one parent wait for each other, and so do those of a subject without`()
        async throws
    {
        let all = try await world.webhook(in: .platform, by: root)
        try await world.receive(world.event(1, of: nil), world.event(2, of: "ent_2"))
        try await world.deliver(all, .failed(reason: "no"))
        try await world.receive(
            world.event(3, of: "ent_2"), world.event(4, of: "thing_1"), world.event(5, of: "ent_5"))
        #expect(try await ids(all) == ["evt_5"])
        world.later(5)
        #expect(try await ids(all) == ["evt_1", "evt_2", "evt_3", "evt_4"])
    }

    @Test func `events of a deleted user are nobody's own, and stay in the platform's feed`()
        async throws
    {
        try await world.receive(world.event(1, owners: [ada.userId]))
        _ = try await world.context.onUserDeleted(ada.userId, by: root, eventId: "evt_deleted")
        try await world.finishJobs()
        try await world.receive(world.event(2, owners: [ada.userId]))
        #expect(try await world.ids(in: .own(userId: ada.userId), by: ada).isEmpty)
        #expect(try await world.ids(in: .platform, by: root) == ["evt_1", "evt_2"])
    }

    // MARK: Filters

    @Test(arguments: [
        (["invitation.sent"], ["evt_1"]), (["invitation.*"], ["evt_1", "evt_2"]),
        (["collaborator.added", "invitation.revoked"], ["evt_2", "evt_3"]),
        (["*"], ["evt_1", "evt_2", "evt_3"]),
    ])
    func `webhooks and feeds take types, beginnings of types, and all`(
        events: [String], expected: [String]
    ) async throws {
        let webhook = try await world.webhook(in: .platform, events: events, by: root)
        try await world.receive(
            world.event(1, "invitation.sent"), world.event(2, "invitation.revoked"),
            world.event(3, "collaborator.added"))
        #expect(try await ids(webhook).filter { $0.count < 10 } == expected)
        var found: Set<String> = []
        for type in events {
            found.formUnion(try await world.ids(in: .platform, type: type, by: root))
        }
        #expect(found == Set(expected))
    }

    @Test func `a page looks at a bounded number of events, and its end is where the next begins`()
        async throws
    {
        let count = WebhooksUseCases.window + 10
        let events = (1...count).map {
            world.event($0, $0 == count ? "collaborator.added" : "invitation.sent")
        }
        _ = try await world.webhooks.receive(OutgoingEvents(events))
        let first = try await world.feed(in: .platform, type: "collaborator.*", by: root)
        #expect(first.events.isEmpty && first.hasMore)
        let second = try await world.feed(
            in: .platform, type: "collaborator.*", after: first.next, by: root)
        #expect(second.events.map(\.id) == ["evt_\(count)"] && !second.hasMore)
        // Whoever asks again begins there.
        let third = try await world.feed(
            in: .platform, type: "collaborator.*", after: second.next, by: root)
        #expect(third.events.isEmpty && third.next == second.next)
    }

    @Test func `a thing's events are those of itself and of what belongs to it`() async throws {
        try await world.receive(
            world.event(1, of: "ent_1"), world.event(2, of: "ent_2"), world.event(3, of: nil))
        for (subject, expected) in [
            ("ent_1", ["evt_1"]), ("thing_2", ["evt_2"]), ("thing_3", ["evt_3"]), ("x", []),
        ] {
            let page = try await world.webhooks.listEvents(
                in: .platform, EventFilter(subject: subject), after: 0, limit: 9, by: root)
            #expect(page.events.map(\.id) == expected, "\(subject)")
        }
        // Not beyond the scope.
        let foreign = try await world.webhooks.listEvents(
            in: .own(userId: ada.userId), EventFilter(subject: "ent_1"), after: 0, limit: 9,
            by: ada)
        #expect(foreign.events.isEmpty)
    }

    // MARK: Who may

    @Test func `the platform's events are for platform admins with events:read`() async throws {
        let weak = Caller(userId: root.userId, isAdmin: true, scopes: ["webhooks:write"])
        for caller in [ada, weak] {
            let read = await fault { try await world.feed(in: .platform, by: caller) }
            #expect(read?.code == "insufficient_scope")
            let made = await fault { try await world.webhook(in: .platform, by: caller) }
            #expect(made?.code == "insufficient_scope")
        }
        let able = Caller(userId: root.userId, isAdmin: true, scopes: ["events:read"])
        #expect(try await world.feed(in: .platform, by: able).events.isEmpty)
    }

    @Test func `an organization's events are for its owners and admins`() async throws {
        let bob = world.user("bob")
        for caller in [bob, root] {
            let read = await fault { try await world.feed(in: organization, by: caller) }
            #expect(read?.code == "organization_admin_required")
            let made = await fault { try await world.webhook(in: organization, by: caller) }
            #expect(made?.code == "organization_admin_required")
        }
        // As for one that does not exist.
        let nowhere = await fault { try await world.feed(in: .organization("x"), by: ada) }
        #expect(nowhere?.code == "organization_admin_required")
    }

    @Test(arguments: [true, false])
    func `who is no longer an admin receives nothing more`(isPlatforms: Bool) async throws {
        let (admin, scope) = isPlatforms ? (root, FeedScope.platform) : (ada, organization)
        let webhook = try await world.webhook(in: scope, by: admin)
        try await world.receive(world.event(1, organization: "org_1"))
        #expect(try await world.webhooks.isPermitted(webhook))
        world.directory.demote(root.userId)
        world.entities.setAdmins(of: "org_1")
        #expect(try await !world.webhooks.isPermitted(webhook))
        let disabled = try world.webhooks.getWebhook(webhook.id, by: admin)
        #expect(!disabled.isEnabled && disabled.disabledReason == .notPermitted)
        #expect(try world.deliveries(of: webhook, by: admin).map(\.status) == [.failed])
        try await world.webhooks.sendNotices()
        #expect(try world.mailsAbout(webhook.id) == 1)
        // Neither later events nor by enabling it.
        try await world.receive(world.event(2, organization: "org_1"))
        #expect(try await ids(webhook).isEmpty)
        let enable = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(true))
        let former = Caller(userId: admin.userId)
        let refused = await fault {
            try await world.webhooks.updateWebhook(webhook.id, enable, by: former).commit()
        }
        #expect(refused?.kind == .forbidden)
        // A test does not wait forever.
        try await world.webhooks.testWebhook(webhook.id, by: former).commit()
        #expect(try await !world.webhooks.isPermitted(disabled))
        #expect(try world.database.read { try DeliveryStore.backlogs(in: $0) }.isEmpty)
    }

    @Test func `while nobody can say who is an admin, events wait`() async throws {
        let webhook = try await world.webhook(in: organization, by: ada)
        try await world.receive(world.event(1, organization: "org_1"))
        world.entities.isDown = true
        await #expect(throws: FakeEntities.Outage.self) {
            try await world.webhooks.isPermitted(webhook)
        }
        world.entities.isDown = false
        #expect(try await world.webhooks.isPermitted(webhook))
        #expect(try await ids(webhook) == ["evt_1"])
    }

    @Test func `an event of several owners is in the feed of each once, and in others once`()
        async throws
    {
        let bob = world.user("bob")
        let own = try await world.webhook("https://own.example", by: bob)
        let all = try await world.webhook("https://all.example", in: .platform, by: root)
        _ = try await world.context.onUserDeleted("usr_gone", by: root, eventId: "evt_gone")
        let event = world.event(
            1, owners: ["usr_gone", ada.userId, bob.userId], organization: "org_1")
        #expect(try await world.receive(event) == 1)
        #expect(try await world.receive(event) == 0)
        for user in [ada, bob] {
            let feed = try await world.feed(in: .own(userId: user.userId), by: user)
            #expect(feed.events.filter { $0.parent?.id == "ent_1" }.count == 1)
        }
        #expect(try await world.ids(in: organization, by: ada) == ["evt_1"])
        #expect(try await world.ids(in: .platform, by: root) == ["evt_1"])
        #expect(try await ids(own).count == 1)
        #expect(try await ids(all) == ["evt_1"])
    }

    // MARK: Redelivery

    @Test func `what was missed is redelivered by time and type, also in wide scopes`() async throws
    {
        let webhook = try await world.webhook(in: .platform, isEnabled: false, by: root)
        let begin = world.clock.now()
        for number in 1...4 {
            try await world.receive(
                world.event(number, number == 3 ? "collaborator.added" : "invitation.sent"))
            world.later(10)
        }
        // From a context that was away.
        try await world.receive(
            OutgoingEvent(
                id: "evt_5", type: "invitation.sent", at: begin.adding(seconds: 15), actorId: nil,
                actingId: nil, subject: AuditEntryBody.Subject(type: "invitation", id: "x"),
                parent: nil, owners: [], organization: nil, data: "{}"))
        let enable = try WebhookUpdate(
            url: .unchanged, events: .unchanged, isEnabled: .value(true))
        try await world.webhooks.updateWebhook(webhook.id, enable, by: root).commit()
        var missed = MissedEvents(
            since: begin.adding(seconds: 10), until: begin.adding(seconds: 30))
        missed.types = [EventPattern(text: "invitation.*")]
        let some = world.webhooks.redeliverAll(missed, to: webhook.id, by: root)
        #expect(try await some.commit() == 2)
        #expect(try await ids(webhook) == ["evt_2", "evt_5"])
        let all = world.webhooks.redeliverAll(
            MissedEvents(since: begin), to: webhook.id, by: root)
        #expect(try await all.commit() == 3)
        #expect(try await ids(webhook) == ["evt_1", "evt_3", "evt_4"])
    }
}
