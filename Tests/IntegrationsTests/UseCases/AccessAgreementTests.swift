import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// For all owners, shares and teams, the list of integrations and the access to a single one agree.
@Suite struct AccessAgreementTests {
    static let names = ["ada", "bob", "cyd", "dan"]

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `list and access agree on a random world`(seed: UInt64) async throws {
        let world = try World(seed: seed)
        let random = SeededRandom(seed: seed)
        let users = Self.names.map { world.user($0) }
        let root = world.admin()
        var teams: [Team] = []
        for index in 0..<3 {
            let team = try await world.team("T\(index)", by: root)
            for user in users where random.below(3) == 0 {
                try await world.join(user, team, as: .member, by: root)
            }
            teams.append(team)
        }
        let principals =
            Self.names.map { "user:\($0)" } + teams.map { "team:\($0.id)" }
        var integrations: [Integration] = []
        for index in 0..<8 {
            let integration = try await world.integration("I\(index)", by: root)
            for principal in principals where random.below(5) == 0 {
                try await world.share(integration, with: principal, 1 + random.below(9), by: root)
            }
            if random.below(2) == 0 {
                let team = teams[random.below(teams.count)]
                try await world.transfer(integration, teamId: team.id, by: root)
            }
            integrations.append(integration)
        }
        for user in users + [root] {
            let list = try await world.useCases.listIntegrations(
                search: nil, PageRequest(size: 100), by: user)
            var visible: Set<String> = []
            for integration in integrations
            where try await world.access(to: integration, by: user) != nil {
                visible.insert(integration.id)
            }
            #expect(Set(list.items.map(\.integration.id)) == visible, "seed \(seed)")
            #expect(list.total == visible.count)
        }
    }
}
