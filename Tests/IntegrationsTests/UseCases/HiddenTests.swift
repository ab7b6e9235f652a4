import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// No user is looked up for callers who can't see a thing: the response time would reveal it.
@Suite struct HiddenTests {
    private struct WasAsked: Error {}

    let world: World
    let eve: Caller
    let useCases: IntegrationsUseCases
    let crm: Integration
    let team: Team

    /// Eve has access to neither; the directory fails if it is called.
    init() async throws {
        world = try World()
        let ada = world.user("ada")
        eve = world.user("eve")
        crm = try await world.integration(by: ada)
        team = try await world.team("A Team", by: ada)
        useCases = world.slow { throw WasAsked() }
    }

    @Test func `requests about a hidden integration look nobody up`() async throws {
        for id in [crm.id, crm.slug, "none"] {
            let faults = [
                await fault { try await useCases.getIntegration(id, by: eve) },
                await fault { try await useCases.getAccess(to: id, by: eve) },
                await fault { try await useCases.getOwner(of: id, by: eve) },
                await fault {
                    try await useCases.updateIntegration(id, try IntegrationUpdate(), by: eve)
                        .commit()
                },
                await fault { try await useCases.deleteIntegration(id, by: eve).commit() },
                await fault {
                    try await useCases.changeOwner(
                        of: id, to: try NewOwner(userId: "eve", teamId: nil), by: eve
                    ).commit()
                },
                await fault { try await useCases.listShares(of: id, PageRequest(), by: eve) },
                await fault { try await useCases.getShare(of: id, with: .user("eve"), by: eve) },
                await fault {
                    try await useCases.shareIntegration(
                        id, with: .user("eve"), .default, by: eve
                    ).commit()
                },
                await fault {
                    try await useCases.unshareIntegration(id, with: .user("eve"), by: eve).commit()
                },
            ]
            #expect(faults == Array(repeating: .notFound, count: 10), "\(id)")
        }
    }

    @Test func `requests about a hidden team look nobody up`() async throws {
        for id in [team.id, "none"] {
            let faults = [
                await fault { try await useCases.listTeamMembers(of: id, PageRequest(), by: eve) },
                await fault {
                    try await useCases.setTeamMember("eve", of: id, to: .admin, by: eve).commit()
                },
                await fault {
                    try await useCases.removeTeamMember("ada", of: id, by: eve).commit()
                },
            ]
            #expect(faults == Array(repeating: .notFound, count: 3), "\(id)")
        }
    }
}
