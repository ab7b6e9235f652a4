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

/// How SQLite finds what it is asked for: never by reading a table that grows.
@Suite struct PlanTests {
    let world: World
    let ada: Caller
    let crm: String
    let invitation: Invitation

    init() async throws {
        world = try World(explains: true)
        ada = world.user("ada")
        crm = world.entity(by: ada)
        invitation = try await world.invite("bob@example.com", to: crm, by: ada)
    }

    private func plan(_ body: (PlanReader) throws -> Void) throws -> [String] {
        try world.database.read { db in
            let reader = PlanReader(db)
            try body(reader)
            return reader.steps.map(\.detail)
        }
    }

    /// Steps that scan a whole table or sort.
    private func costly(_ plan: [String]) -> [String] {
        plan.filter { $0.contains("SCAN") || $0.contains("B-TREE") }
    }

    /// Beyond the end, as the last page is not counted.
    private let page = PageRequest(page: 2)

    @Test(arguments: [nil, InvitationStatus.pending])
    func `a page is read in order from an index`(_ status: InvitationStatus?) throws {
        let ofEntity = try plan {
            _ = try InvitationStore.page(of: crm, status, page, in: $0)
        }
        #expect(
            ofEntity.contains(
                "SEARCH invitations USING COVERING INDEX invitations_of_entity (entity_id=?)"),
            "\(ofEntity)")
        let toAddress = try plan {
            _ = try InvitationStore.page(to: "bob@example.com", status, page, in: $0)
        }
        #expect(
            toAddress.contains(
                "SEARCH invitations USING COVERING INDEX invitations_to_address (email=?)"),
            "\(toAddress)")
        let collaborators = try plan {
            _ = try CollaboratorStore.page(of: crm, page, in: $0)
        }
        #expect(
            collaborators.contains(
                "SEARCH collaborators USING COVERING INDEX collaborators_of_entity (entity_id=?)"),
            "\(collaborators)")
        // Counts are kept: but for the page, its list is not looked at.
        for plan in [ofEntity, toAddress] {
            #expect(plan.last == "SEARCH kept_counts USING PRIMARY KEY (list=? AND holder=?)")
        }
        #expect(
            collaborators.last == "SEARCH quota_usage USING PRIMARY KEY (quota=? AND holder=?)")
        for plan in [ofEntity, toAddress, collaborators] {
            #expect(plan.filter { $0.contains(" USING COVERING INDEX ") }.count == 1, "\(plan)")
        }
        // Only the page itself is sorted: at most a hundred rows.
        let scans = (ofEntity + toAddress + collaborators).filter { $0.contains("SCAN") }
        #expect(scans.allSatisfy { $0.hasPrefix("SCAN page") }, "\(scans)")
    }

    @Test(arguments: [nil, DeliveryStatus.failed])
    func `a page of deliveries is read in order from an index, and not counted`(
        _ status: DeliveryStatus?
    ) throws {
        let plan = try plan {
            _ = try DeliveryStore.page(of: "whk_1", status, page, in: $0)
        }
        let index =
            status == nil
            ? "PRIMARY KEY (webhook_id=?)"
            : "COVERING INDEX deliveries_by_status (webhook_id=? AND status=?)"
        #expect(plan.filter { $0 == "SEARCH deliveries USING \(index)" }.count == 1, "\(plan)")
        #expect(plan.filter { $0.hasPrefix("SEARCH") }.count == 3, "\(plan)")
        #expect(plan.last == "SEARCH webhooks USING INDEX sqlite_autoindex_webhooks_1 (id=?)")
    }

    @Test func `a delivery's attempt is found by its key`() throws {
        let webhook = "whk_1"
        let delivery = Delivery(
            webhookId: webhook, eventNumber: 1, eventId: "evt_1", type: "t", subjectId: "s",
            status: .pending, createdAt: world.clock.now())
        let plan = try plan { _ = try AttemptStore.find(of: delivery, in: $0) }
        #expect(
            plan == [
                "SEARCH delivery_attempts USING PRIMARY KEY (webhook_id=? AND event_number=?)"
            ], "\(plan)")
    }

    @Test func `expired invitations are found by one range of one index`() throws {
        let plan = try plan { _ = try InvitationStore.due(200, at: world.clock.now(), in: $0) }
        #expect(
            plan == ["SEARCH invitations USING INDEX pending_by_expiry (expires_at<?)"],
            "\(plan)")
    }

    @Test func `all other queries use keys`() throws {
        let now = world.clock.now()
        let plan = try plan { db in
            _ = try InvitationStore.find(invitation.id, in: db)
            _ = try InvitationStore.pending(of: invitation.email, to: crm, in: db)
            _ = try InvitationStore.pending(to: crm, in: db)
            _ = try InvitationStore.pending(by: ada.userId, in: db)
            _ = try InvitationStore.open(by: ada.userId, at: now, in: db)
            _ = try SendingStore.count(by: ada.userId, since: now, to: now, in: db)
            _ = try CollaboratorStore.find("usr_bob", of: crm, in: db)
            _ = try CollaboratorStore.some(of: crm, limit: 9, in: db)
            _ = try CollaboratorStore.some(for: "usr_bob", limit: 9, in: db)
            _ = try CollaboratorStore.entityIds(for: "usr_bob", in: db)
            _ = try InvitationStore.pendingCount(to: crm, in: db)
            _ = try KnownEntityStore.find(crm, in: db)
        }
        #expect(costly(plan).isEmpty, "\(plan)")
        #expect(
            plan.contains(
                "SEARCH invitations USING INDEX pending_by_inviter "
                    + "(invited_by=? AND expires_at>?)"), "\(plan)")
        let places = try self.plan {
            _ = try CollaboratorStore.places(of: "usr_bob", among: [crm], in: $0)
        }
        #expect(
            costly(places).allSatisfy {
                $0.hasPrefix("SCAN wanted VIRTUAL TABLE") || $0.contains("B-TREE")
            }, "\(places)")
    }

    @Test func `a page of a feed is read from an index`() throws {
        let webhooks = try plan { db in
            for scope in [
                FeedScope.own(userId: "usr_1"), .organization("org_1"), .platform,
            ] {
                _ = try EventStore.numbers(in: scope, after: 3, limit: 9, db)
                _ = try EventStore.numbers(in: scope, .descending, after: 3, limit: 9, db)
                _ = try WebhookStore.listening(in: scope, db)
            }
            _ = try EventStore.numbers(about: "ent_1", after: 3, limit: 9, in: db)
            _ = try EventStore.numbers(
                about: "ent_1", .descending, after: 3, limit: 9, in: db)
            _ = try EventStore.first(storedSince: world.clock.now(), in: db)
        }
        for step in [
            "SEARCH events USING COVERING INDEX events_of_recipient (recipient=? AND number>?)",
            "SEARCH events USING COVERING INDEX events_of_organization "
                + "(organization_id=? AND number>?)",
            "SEARCH events USING INTEGER PRIMARY KEY (rowid>?)",
            "SEARCH events USING COVERING INDEX events_of_subject (subject_id=? AND number>?)",
            "SEARCH events USING COVERING INDEX events_of_parent (parent_id=? AND number>?)",
            "SEARCH events USING COVERING INDEX events_by_age (stored_at>?)",
        ] {
            #expect(webhooks.contains(step), "\(step): \(webhooks)")
        }
        // The index of the platform's webhooks has no others.
        #expect(costly(webhooks) == ["SCAN webhooks USING INDEX webhooks_of_platform"])
    }

    /// Of statements that change something there is no reader to ask: in every other test a whole
    /// table's read fails as the statement is prepared, and these run all of them.
    @Test func `no write scans a whole table`() async throws {
        let strict = try World()
        let (ada, bob) = (strict.user("ada"), strict.user("bob"))
        let crm = strict.entity(by: ada)
        let bobs = try await strict.collaborator(bob, on: crm, by: ada)
        try await strict.database.write { tx in
            try InvitationStore.settle(bobs.mailId ?? "", as: .sent, in: tx)
            try KnownEntityStore.rename(crm, "X", at: tx.now, in: tx)
            try KnownEntityStore.changeOwner(of: crm, to: "usr_x", at: tx.now, in: tx)
            _ = try InvitationStore.deleteSome(of: crm, limit: 9, in: tx)
            try KnownEntityStore.delete(crm, in: tx)
            let found = try CollaboratorStore.find(bob.userId, of: crm, in: tx)
            if let found { try CollaboratorStore.delete(found, in: tx) }
        }
        let left = try strict.database.dump().filter { line in
            ["invitations: ", "collaborators: ", "known_entities: "].contains { line.hasPrefix($0) }
        }
        #expect(left.isEmpty, "\(left)")
    }
}
