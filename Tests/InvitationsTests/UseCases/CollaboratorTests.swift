import Contract
import InvitationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Listing and removing collaborators.
@Suite struct CollaboratorTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let carol: Caller
    let crm: String

    init() async throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        carol = world.user("carol")
        crm = world.entity(by: ada)
        try await world.collaborator(bob, on: crm, by: ada)
        try await world.collaborator(carol, on: crm, by: ada, role: "viewer")
    }

    private func list(by caller: Caller) async throws -> [String] {
        try await world.useCases.listCollaborators(of: crm, PageRequest(), by: caller)
            .items.map { "\($0.user.username) \($0.collaborator.role)" }
    }

    private func remove(_ user: Caller, by caller: Caller) async throws {
        world.later()
        try await world.useCases.removeCollaborator(user.userId, from: crm, by: caller).commit()
    }

    @Test func `owner and collaborators list collaborators newest first`() async throws {
        for caller in [ada, bob, carol] {
            #expect(try await list(by: caller) == ["carol viewer", "bob collaborator"])
        }
        let eve = world.user("eve")
        #expect(await fault { _ = try await list(by: eve) } == .notFound)
        world.entities.open(crm, to: eve.userId)
        #expect(
            await fault { _ = try await list(by: eve) }?.code == "entity_owner_required")
    }

    @Test func `a user whom the directory no longer knows is listed by id`() async throws {
        world.directory.remove(bob.userId)
        let page = try await world.useCases.listCollaborators(of: crm, PageRequest(), by: ada)
        #expect(page.items.map(\.user.id) == [carol.userId, bob.userId])
    }

    @Test func `an explanation names who invited each collaborator when`() throws {
        let eve = world.user("eve")
        let users = [eve, carol, bob, ada].map(\.userId)
        let reply = try world.useCases.collaboratorGrants(
            CollaboratorGrantsQuery(entityId: crm, userIds: users))
        #expect(reply.collaborators.map(\.userId) == [carol.userId, bob.userId])
        #expect(reply.collaborators.map(\.addedBy) == [ada.userId, ada.userId])
        #expect(reply.collaborators[0].addedAt > reply.collaborators[1].addedAt)
        let many = (0...CollaboratorGrantsQuery.maximum).map { "usr_\($0)" }
        let fault = fault {
            try world.useCases.collaboratorGrants(
                CollaboratorGrantsQuery(entityId: crm, userIds: many))
        }
        #expect(fault?.fields.map(\.pointer) == ["/userIds"])
    }

    @Test func `removing a collaborator emits an event and an audit entry`() async throws {
        try await remove(bob, by: ada)
        #expect(try world.collaborators(of: crm).keys.sorted() == [carol.userId])
        #expect(try world.events().last == "collaborator.removed > usr_ada")
        let entry = try #require(try world.audit(crm).last)
        #expect(entry.action == "collaborator.removed" && entry.actorId == ada.userId)
        #expect(entry.before != nil && entry.after == nil)
        // Access ends at the next request.
        #expect(await fault { _ = try await list(by: bob) } == .notFound)
        #expect(await fault { try await remove(bob, by: ada) } == .notFound)
    }

    @Test func `a collaborator can leave but can't remove others`() async throws {
        let refused = await fault { try await remove(carol, by: bob) }
        #expect(refused?.code == "entity_owner_required")
        try await remove(bob, by: bob)
        #expect(try world.collaborators(of: crm).keys.sorted() == [carol.userId])
        #expect(try world.audit(crm).last?.actorId == bob.userId)
        #expect(await fault { try await remove(bob, by: bob) } == .notFound)
    }

    @Test func `a former collaborator can't return by the old link`() async throws {
        let eve = world.user("eve")
        let used = try await world.collaborator(eve, on: crm, by: ada)
        try await remove(eve, by: ada)
        try await world.accept(used, by: eve)
        #expect(try world.collaborators(of: crm)[eve.userId] == nil)
    }

    @Test func `owners can't remove themselves`() async throws {
        let refused = await fault { try await remove(ada, by: ada) }
        #expect(refused?.code == "cannot_remove_self" && refused?.kind == .conflict)
        #expect(refused?.detail.contains("Transfer ownership first") == true)
    }

    @Test func `a user with other access who isn't a collaborator can't leave`() async throws {
        let eve = world.user("eve")
        #expect(await fault { try await remove(eve, by: eve) } == .notFound)
        world.entities.share(crm, with: eve.userId)
        #expect(await fault { try await remove(eve, by: eve) } == .notFound)
        #expect(
            await fault { try await remove(bob, by: eve) }?.code == "entity_owner_required")
    }

    @Test func `other services learn who collaborates on what, in the order of the query`() throws {
        let other = world.entity("Other", by: ada)
        let answer = try world.useCases.collaborations(
            CollaborationsQuery(subjects: [
                .init(userId: bob.userId, entityIds: [other, crm, other, crm]),
                .init(userId: ada.userId, entityIds: [crm]),
                .init(userId: carol.userId, entityIds: []),
                .init(userId: carol.userId, entityIds: [crm]),
            ]))
        #expect(answer.subjects == [[1, 3], [], [], [0]])
        let entities = try world.useCases.collaboratorEntities(
            CollaboratorEntitiesQuery(userId: bob.userId))
        #expect(entities.entityIds == [crm])
    }

    @Test func `a query is limited to a thousand pairs, empty ones counted`() throws {
        let most = CollaborationsQuery.maximum
        let full = CollaborationsQuery(subjects: [
            .init(userId: bob.userId, entityIds: Array(repeating: crm, count: most))
        ])
        #expect(try world.useCases.collaborations(full).subjects[0].count == most)
        let tooMany = CollaborationsQuery(
            subjects: full.subjects + [.init(userId: carol.userId, entityIds: [])])
        #expect(throws: Fault.self) { try world.useCases.collaborations(tooMany) }
    }
}
