import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing
import WriteKit

@testable import Integrations

/// Guarantees for parallel requests.
@Suite struct RaceTests {
    let world: World
    let ada: Caller
    let bob: Caller
    let root: Caller

    init() throws {
        world = try World()
        ada = world.user("ada")
        bob = world.user("bob")
        root = world.admin()
    }

    @Test func `of parallel requests for one slug one succeeds, derived slugs all do`() async throws
    {
        let explicit = await race(20) { index in
            try await world.integration("CRM", by: index % 2 == 0 ? ada : bob, slug: "mine")
        }
        #expect(
            explicit.succeeded == 1 && explicit.codes == Array(repeating: "slug_taken", count: 19))
        let derived = await race(20) { _ in try await world.integration("CRM", by: ada) }
        #expect(derived.succeeded == 20)
        let page = try await world.useCases.listIntegrations(
            search: nil, PageRequest(size: 100), by: root)
        #expect(Set(page.items.map(\.integration.slug)).count == 21)
    }

    @Test func `of parallel requests for one team id one succeeds, derived ids all do`()
        async throws
    {
        let explicit = await race(20) { index in
            _ = try await world.useCases.createTeam(
                try TeamDraft(name: "T", id: "mine"), by: index % 2 == 0 ? ada : bob
            ).commit()
        }
        #expect(explicit.succeeded == 1)
        #expect(explicit.codes == Array(repeating: "team_id_taken", count: 19))
        #expect(try world.find(team: "mine")?.memberCount == 1)
        let derived = await race(20) { _ in try await world.team("A Team", by: ada) }
        #expect(derived.succeeded == 20)
    }

    @Test func `twenty parallel shares with one principal create one share`() async throws {
        let crm = try await world.integration(by: ada)
        let result = await race(20) { index in
            try await world.share(crm, with: "user:bob", 1 + index, by: ada)
        }
        #expect(result.succeeded == 20)
        let actions = try world.actions(of: crm)
        #expect(actions.filter { $0 == "share.created" }.count == 1)
        #expect(actions.filter { $0 == "share.changed" }.count == 19)
        #expect(try world.find(crm.id)?.shareCount == 1)
        // Each change starts from the result of the previous one.
        let entries = try world.audit(of: crm).dropFirst()
        #expect(entries.count == 20)
        for (former, next) in zip(entries, entries.dropFirst()) {
            #expect(next.before == former.after)
        }
    }

    @Test func `of parallel revocations one succeeds`() async throws {
        let crm = try await world.integration(by: ada)
        try await world.share(crm, with: "user:bob", by: ada)
        let result = await race(20) { _ in try await world.unshare(crm, with: "user:bob", by: ada) }
        #expect(result.succeeded == 1)
        #expect(result.codes == Array(repeating: "not_found", count: 19))
    }

    @Test func `twenty parallel additions of one user create one member`() async throws {
        let team = try await world.team("A Team", by: ada)
        let result = await race(20) { _ in try await world.join(bob, team, by: ada) }
        #expect(result.succeeded == 20)
        #expect(try world.find(team: team.id)?.memberCount == 2)
        #expect(try world.audit().filter { $0.action == "team_member.added" }.count == 2)
    }

    @Test func `a team that is deleted in parallel keeps no share`() async throws {
        let crm = try await world.integration(by: ada)
        for round in 0..<50 {
            let team = try await world.team("T\(round)", by: ada)
            let result = await race(2) { index in
                if index == 0 {
                    try await world.share(crm, with: "team:\(team.id)", by: ada)
                } else {
                    try await world.useCases.deleteTeam(team.id, by: ada).commit()
                }
            }
            #expect(result.codes.isEmpty || result.codes == ["validation_failed"])
            #expect(try world.find(team: team.id) == nil)
            #expect(try world.shares(of: crm).isEmpty && world.find(crm.id)?.shareCount == 0)
        }
    }

    @Test func `of a transfer to a team and its deletion exactly one succeeds`()
        async throws
    {
        for round in 0..<50 {
            let crm = try await world.integration("C\(round)", by: ada)
            let team = try await world.team("T\(round)", by: root)
            let result = await race(2) { index in
                if index == round % 2 {
                    try await world.transfer(crm, teamId: team.id, by: root)
                } else {
                    try await world.useCases.deleteTeam(team.id, by: root).commit()
                }
            }
            #expect(result.succeeded == 1)
            let isKept = try world.find(team: team.id) != nil
            #expect(result.codes == [isKept ? "team_owns_integrations" : "validation_failed"])
            #expect(
                try world.find(crm.id)?.owner
                    == (isKept ? .team(team.id) : .user(ada.userId)))
        }
    }

    @Test func `a user who is deleted during a transfer to them owns nothing`() async throws {
        for round in 0..<50 {
            let crm = try await world.integration("C\(round)", by: ada)
            let user = world.user("u\(round)")
            _ = await race(3) { index in
                switch index {
                case 0: try await world.transfer(crm, userId: "u\(round)", by: root)
                case 1: try await world.share(crm, with: "user:u\(round)", by: root)
                default:
                    _ = try await world.useCases.onUserDeleted(
                        user.userId, by: root, eventId: "evt_\(round)")
                }
            }
            let owner = try world.find(crm.id)?.owner
            #expect(owner == .user(ada.userId) || owner == .user(root.userId))
            #expect(try world.shares(of: crm).isEmpty)
        }
    }

    @Test func `parallel transfers happen one after the other`() async throws {
        let crm = try await world.integration(by: ada)
        for index in 0..<20 { world.user("u\(index)") }
        let result = await race(20) { index in
            try await world.transfer(crm, userId: "u\(index)", by: root)
        }
        #expect(result.succeeded == 20)
        let entries = try world.audit(of: crm)
        #expect(entries.count == 21)
        for (former, next) in zip(entries, entries.dropFirst()) {
            #expect(next.before == former.after)
        }
        let owner = try #require(try world.find(crm.id)?.owner)
        #expect(entries.last?.after?.members["owner"] == .text(owner.key))
    }

    @Test func `a member who is removed from the owning team can't share afterwards`()
        async throws
    {
        let team = try await world.team("A Team", by: ada)
        try await world.join(root, team, as: .admin, by: ada)
        let crm = try await world.integration(by: ada)
        try await world.transfer(crm, teamId: team.id, by: root)
        world.user("eve")
        for _ in 0..<50 {
            try await world.join(bob, team, as: .dataWizard, by: ada)
            _ = await race(2) { index in
                if index == 0 {
                    try await world.share(crm, with: "user:eve", by: bob)
                } else {
                    // Removes what Bob shared before; afterwards Bob can't share.
                    try await world.leave(bob, team, by: ada)
                    _ = await fault { try await world.unshare(crm, with: "user:eve", by: ada) }
                }
            }
            #expect(try world.shares(of: crm).isEmpty)
        }
    }
}
