import Contract
import IntegrationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Offboarding takes back a user's shares and memberships in teams and passes on their
/// integrations; the account stays.
@Suite struct UserOffboardedTests {
    private final class Story {
        let world: World
        let ada: Caller
        let keeper: Caller
        let root: Caller
        private let random: SeededRandom
        private var integrations: [Integration] = []
        private var team: Team
        /// What the user must have.
        private var owned: Set<String> = []
        private var shared: Set<String> = []
        private var isMember = false
        private var operations: [String] = []

        init(seed: UInt64) async throws {
            world = try World(jobRows: 1 + Int(seed % 3))
            random = SeededRandom(seed: seed)
            ada = world.user("ada")
            keeper = world.user("keeper")
            root = world.admin()
            team = try await world.team("Team", by: keeper)
            for number in 0..<5 {
                let made = try await world.integration("I\(number)", by: keeper)
                integrations.append(made)
            }
            try await world.share(integrations[4], with: "team:\(team.id)", 7, by: keeper)
        }

        func step() async throws {
            let integration = integrations[random.below(4)]
            switch random.below(8) {
            case 0:
                operations.append("opr_\(operations.count)")
                try await world.useCases.onUserOffboarded(ada, by: root, operations.last ?? "")
                (owned, shared, isMember) = ([], [], false)
            case 1, 2:
                try await world.share(integration, with: "user:ada", 3, by: root)
                shared.insert(integration.id)
            case 3:
                try await world.transfer(integration, userId: "ada", by: root)
                owned.insert(integration.id)
            case 4:
                let own = try await world.integration(
                    "Own \(random.below(1_000_000))", by: ada)
                owned.insert(own.id)
            case 5:
                try await world.join(ada, team, by: keeper)
                isMember = true
            default: _ = try await world.advanceJob()
            }
            try await check()
        }

        private func check() async throws {
            for integration in integrations {
                let access = try await world.access(to: integration, by: ada)
                let expected: String? =
                    if owned.contains(integration.id) {
                        "2147483647 owner"
                    } else if shared.contains(integration.id) {
                        "3 user:ada"
                    } else if isMember, integration == integrations[4] {
                        "7 team:\(team.id)"
                    } else {
                        nil
                    }
                #expect(access == expected)
            }
            let list = try await world.useCases.listIntegrations(
                search: nil, PageRequest(size: 100), by: ada)
            let visible = owned.union(shared).union(isMember ? [integrations[4].id] : [])
            #expect(Set(list.items.map(\.integration.id)) == visible)
            #expect(list.total == visible.count)
            let teams = try world.useCases.listTeams(search: nil, PageRequest(), by: ada)
            #expect(teams.total == (isMember ? 1 : 0))
        }

        func finish() async throws {
            try await world.finishJobs()
            try await check()
            for operation in operations {
                #expect(try world.useCases.offboardingState(operation).finishedAt != nil)
            }
        }
    }

    @Test(arguments: 1...24 as ClosedRange<UInt64>)
    func `a user has exactly what they got since the last offboarding`(_ seed: UInt64) async throws
    {
        let story = try await Story(seed: seed)
        for _ in 0..<40 { try await story.step() }
        try await story.finish()
    }

    @Test func `an offboarding counts what it does, and integrations go to the admin`() async throws
    {
        let world = try World(jobRows: 1)
        let (ada, bob, root) = (world.user("ada"), world.user("bob"), world.admin())
        let mine = try await world.integration("Mine", by: ada)
        let theirs = try await world.integration("Theirs", by: bob)
        try await world.share(theirs, with: "user:ada", 2, by: bob)
        try await world.join(ada, try await world.team("Team", by: bob), by: bob)
        try await world.useCases.onUserOffboarded(ada, by: root)
        #expect(try world.useCases.offboardingState("opr_1").finishedAt == nil)
        try await world.finishJobs()
        let state = try world.useCases.offboardingState("opr_1")
        #expect(state.counts.count(removed: .integrationShares) == 1)
        #expect(state.counts.count(removed: .teamMemberships) == 1)
        #expect(state.counts.count(passedOn: .integrations) == 1)
        #expect(state.finishedAt == world.clock.now())
        #expect(try world.find(mine.id)?.owner == .user(root.userId))
    }
}
