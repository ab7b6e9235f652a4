import Contract
import Foundation
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Work on any number of rows runs in transactions of few rows each, and clients see its effect at
/// once.
@Suite struct JobTests {
    enum Deed: CaseIterable, Sendable {
        case deleteIntegration
        case deleteTeam
        case deleteUser
        case offboardUser
    }

    /// Ada's integrations, which are shared with users and teams, and a team with many members.
    private final class Crowd: JobScene {
        static let constantRows = 1
        static let exceptions: [String: String] = [:]
        static let tables = ["integrations", "shares", "teams", "team_members"]

        let world: World
        let ada: Caller
        let others: [Caller]
        let integrations: [Integration]
        let team: Team

        init(jobRows: Int) async throws {
            let world = try World(jobRows: jobRows)
            let ada = world.user("ada")
            let bob = world.user("bob")
            let others = [bob] + (0..<5).map { world.user("user\($0)") }
            (self.world, self.ada, self.others) = (world, ada, others)
            team = try await world.team("A Team", by: bob)
            let second = try await world.team("B Team", by: bob)
            for user in others.dropFirst() + [ada] {
                try await world.join(user, team, by: bob)
            }
            try await world.join(ada, second, by: bob)
            var integrations: [Integration] = []
            for (number, owner) in [ada, ada, ada, bob].enumerated() {
                let made = try await world.integration("CRM \(number)", by: owner)
                integrations.append(made)
                try await world.share(made, with: "team:\(team.id)", 3, by: owner)
                for index in 0..<4 {
                    try await world.share(made, with: "user:user\(index)", index + 1, by: owner)
                }
            }
            try await world.share(integrations[3], with: "user:ada", 2, by: bob)
            self.integrations = integrations
        }

        func act(_ deed: Deed) async throws {
            world.later()
            switch deed {
            case .deleteIntegration:
                try await world.useCases.deleteIntegration(integrations[0].id, by: ada).commit()
            case .deleteTeam:
                try await world.useCases.deleteTeam(team.id, by: others[0]).commit()
            case .offboardUser:
                try await world.useCases.onUserOffboarded(ada, by: world.admin())
            case .deleteUser:
                _ = try await world.useCases.onUserDeleted(
                    ada.userId, by: world.admin(), eventId: "evt_1")
            }
        }

        /// What each user sees of integrations and teams.
        func seen() async throws -> [String] {
            var seen: [String] = []
            for user in [ada, world.admin()] + others {
                let uses = world.useCases
                let page = PageRequest(size: 3)
                let mine = try await uses.listIntegrations(search: nil, page, by: user)
                seen.append("\(user.userId): \(mine.items.map(\.integration.name)) \(mine.total)")
                let teams = try uses.listTeams(search: nil, page, by: user)
                seen.append("\(teams.items.map(\.id)) \(teams.total)")
                for integration in integrations {
                    seen.append(try await world.access(to: integration, by: user) ?? "-")
                    let bySlug = await fault {
                        try await uses.getIntegration(integration.slug, by: user)
                    }
                    seen.append(bySlug?.code ?? "")
                }
                seen.append(fault { try uses.getTeam(team.id, by: user) }?.code ?? "")
            }
            return seen
        }
    }

    @Test(arguments: Deed.allCases, [1, 2, 3])
    func `a job in slices has the same result as one transaction, and each slice is small`(
        _ deed: Deed, _ rows: Int
    ) async throws {
        try await expectSlices(Crowd.self, deed, rows: rows)
    }

    @Test(arguments: [Deed.deleteIntegration, .deleteTeam], [1, 2])
    func `deleted things are hidden from all users at once, while a job deletes their rows`(
        _ deed: Deed, _ rows: Int
    ) async throws {
        _ = try await expectGoneAtOnce(Crowd.self, deed, rows: rows)
    }

    /// Shares refer to a team by its id, so a new team must not inherit a former one's.
    @Test func `the id of a deleted team is free after its last row is deleted`() async throws {
        let crowd = try await Crowd(jobRows: 1)
        try await crowd.act(.deleteTeam)
        let draft = try TeamDraft(name: "Again", id: crowd.team.id)
        let taken = await fault {
            try await crowd.world.useCases.createTeam(draft, by: crowd.ada).commit()
        }
        #expect(taken == Fault(IntegrationProblems.teamIdTaken))
        try await crowd.world.finishJobs()
        let again = try await crowd.world.useCases.createTeam(draft, by: crowd.ada).commit()
        #expect(again.memberCount == 1)
        let access = try await crowd.world.access(to: crowd.integrations[3], by: crowd.ada)
        #expect(access == "2 user:ada")
    }

    @Test func `the slug of a deleted integration is free at once`() async throws {
        let crowd = try await Crowd(jobRows: 1)
        try await crowd.act(.deleteIntegration)
        let slug = crowd.integrations[0].slug
        let other = try await crowd.world.integration("New", by: crowd.ada, slug: slug)
        try await crowd.world.finishJobs()
        #expect(try crowd.world.find(slug)?.id == other.id)
    }

    @Test func `jobs that an earlier version stored are still read`() throws {
        let stored = """
            {"dropUser":{"userId":"usr_1","admin":\
            {"userId":"usr_root","tokenId":"tok_1","requestId":"r-1"}}}
            """
        let job = try JSONDecoder().decode(IntegrationsJob.self, from: Data(stored.utf8))
        let admin = EventActor(Caller(userId: "usr_root", tokenId: "tok_1", requestId: "r-1"))
        #expect(job == .removeUser(userId: "usr_1", admin: admin))
    }
}
