import Contract
import Kernel
import OrganizationsContract
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// What touches any number of rows does so in transactions that touch few, and looks from outside
/// as if it had been one.
@Suite struct JobTests {
    enum Deed: CaseIterable, Sendable {
        case deleteOrganization
        case removeUser
        case offboardUser
        case removeEntity
    }

    /// Two organizations of Ada's with members and stores, and some with her as the only member.
    private final class Crowd: JobScene {
        /// An organization's three roles, an entity's name.
        static let constantRows = 4
        static let exceptions = [
            "outbox.id": "random", "outbox.number": "in the order of the work",
            "store_mark.epoch": "random",
        ]
        static let tables = [
            "organizations", "roles", "memberships", "external_storages", "publications",
            "entity_names",
        ]

        let world: World
        let ada: Caller
        let others: [Caller]
        let organizations: [Organization]
        let entity: String

        init(jobRows: Int) async throws {
            let world = try World(jobRows: jobRows)
            let ada = world.user("ada")
            let others = (0..<6).map { world.user("user\($0)") }
            (self.world, self.ada, self.others) = (world, ada, others)
            let entity = world.entities.add("Everywhere", by: ada)
            self.entity = entity
            var organizations: [Organization] = []
            for number in 0..<5 {
                let made = try await world.organization("Acme \(number)", by: ada)
                organizations.append(made)
                for user in number < 2 ? others : [] { try await world.join(user, made, by: ada) }
                let store = (0..<4).map { index in
                    index == 0
                        ? entity : world.entities.add("E \(number) \(index)", by: ada)
                }
                for (index, entity) in store.enumerated() {
                    try await world.publish(
                        entity, publicly: index % 2 == 0, to: made, by: ada)
                }
            }
            self.organizations = organizations
        }

        func act(_ deed: Deed) async throws {
            world.later()
            switch deed {
            case .deleteOrganization:
                try await world.useCases.deleteOrganization(organizations[0].id, by: ada).commit()
            case .offboardUser:
                try await world.useCases.onUserOffboarded(ada, by: world.admin())
            case .removeUser:
                _ = try await world.useCases.onUserDeleted(
                    ada.userId, by: world.admin(), eventId: "evt_1")
            case .removeEntity:
                _ = try await world.useCases.onEntityDeleted(entity, by: ada, eventId: "evt_1")
            }
        }

        /// What callers and other services see.
        func seen() async throws -> [String] {
            var seen: [String] = []
            for user in [ada] + others {
                let uses = world.useCases
                let mine = try uses.listOrganizations(
                    search: nil, PageRequest(size: 3), by: user)
                seen.append("\(user.userId): \(mine.items.map(\.organization.name)) \(mine.total)")
                let open = try await world.opened(to: user.userId)
                let shown = open.publicStores
                seen.append("opened \(open.organizationStores) \(shown)")
                let colleagues = try uses.colleagues(
                    .init(userId: user.userId, among: others.map(\.userId)))
                seen.append("with \(colleagues.colleagues)")
                let access = try uses.storeAccess(
                    .init(subjects: [
                        .init(userId: user.userId, entityIds: shown + [entity]),
                        .init(userId: user.userId, entityIds: [entity]),
                    ]))
                seen.append(
                    "\(access.subjects.map { "\($0.organizationStore) \($0.publicStore)" })")
                for organization in organizations {
                    let membership = try uses.membership(
                        .init(userId: user.userId, organizationId: organization.id))
                    let store = fault {
                        try uses.listPublications(
                            of: organization.id, type: nil, PageRequest(), by: user)
                    }
                    let bySlug = await fault {
                        try await uses.listMembers(of: organization.slug, PageRequest(), by: user)
                    }
                    seen.append(
                        "\(membership.membershipId ?? "-") \(store?.code ?? "") "
                            + "\(bySlug?.code ?? "")")
                }
            }
            let stores = try world.useCases.listPublicStores(search: nil, PageRequest(size: 2))
            return seen + ["\(stores.items.map(\.name)) \(stores.total)"]
        }
    }

    @Test(arguments: Deed.allCases, [1, 2, 3])
    func `a job in slices has the same result as in one, and each slice is small`(
        _ deed: Deed, _ rows: Int
    ) async throws {
        try await expectSlices(Crowd.self, deed, rows: rows)
    }

    @Test(arguments: [1, 2, 5])
    func `a deleted organization disappears at once, while its rows are still deleted`(
        _ rows: Int
    ) async throws {
        let crowd = try await expectGoneAtOnce(
            Crowd.self, .deleteOrganization, rows: rows)
        let former = crowd.organizations[0]
        _ = try await crowd.world.organization("New", by: crowd.ada, slug: former.slug)
    }

    @Test func `the slug of a deleted organization is free at once`() async throws {
        let crowd = try await Crowd(jobRows: 1)
        try await crowd.act(.deleteOrganization)
        let slug = crowd.organizations[0].slug
        let other = try await crowd.world.organization("New", by: crowd.others[0], slug: slug)
        try await crowd.world.finishJobs()
        let mine = try crowd.world.useCases.listOrganizations(
            search: nil, PageRequest(), by: crowd.others[0])
        #expect(mine.items.map(\.organization.id).contains(other.id))
    }

    @Test func `a deleted user has no access at once, while memberships are still deleted`()
        async throws
    {
        let crowd = try await Crowd(jobRows: 1)
        try await crowd.act(.removeUser)
        repeat {
            for organization in crowd.organizations {
                let membership = try crowd.world.useCases.membership(
                    .init(userId: crowd.ada.userId, organizationId: organization.id))
                #expect(membership.membershipId == nil)
            }
            let access = try crowd.world.useCases.storeAccess(
                .init(subjects: [.init(userId: crowd.ada.userId, entityIds: [crowd.entity])]))
            #expect(access.subjects[0].organizationStore.isEmpty)
        } while try await crowd.world.advanceJob()
    }
}
