import IntegrationsContract
import Testing

@testable import Integrations

/// The effective access for each standing.
@Suite struct EffectiveAccessTests {
    private func grant(_ key: String, _ level: Int) -> Grant {
        Grant(principal: Principal(key: key), level: AccessLevel(stored: level))
    }

    /// The level and its source, for any order of the shares.
    private func access(_ grants: Grant...) -> String? {
        let results = [grants, grants.reversed()].map { EffectiveAccess(Standing(grants: $0)) }
        #expect(results[0] == results[1])
        guard let access = results[0] else { return nil }
        guard case .share(let principal) = access.via else { return "\(access.via)" }
        return "\(access.level.value) \(principal.key)"
    }

    @Test func `without any access the integration is hidden`() {
        #expect(access() == nil)
        #expect(EffectiveAccess(Standing()) == nil)
    }

    @Test func `the highest of all shares counts`() {
        #expect(access(grant("usr_1", 3)) == "3 usr_1")
        #expect(access(grant("usr_1", 3), grant("team:a", 9), grant("team:b", 5)) == "9 team:a")
        #expect(access(grant("usr_1", 10), grant("team:a", 9)) == "10 usr_1")
        #expect(access(grant("team:a", 2_147_483_647), grant("team:b", 1)) == "2147483647 team:a")
    }

    @Test func `of equal levels the user's own share counts first, then teams by their ids`() {
        #expect(access(grant("team:a", 4), grant("usr_1", 4)) == "4 usr_1")
        #expect(access(grant("team:b", 4), grant("team:a", 4)) == "4 team:a")
        #expect(
            access(grant("team:b", 4), grant("team:a", 4), grant("usr_1", 3)) == "4 team:a")
        #expect(
            access(grant("team:b", 4), grant("usr_1", 4), grant("team:a", 4)) == "4 usr_1")
    }

    @Test func `owners have the highest level, whatever shares they have`() throws {
        let share = grant("usr_1", 1)
        for standing in [
            Standing(isOwner: true), Standing(isOwner: true, grants: [share]),
            Standing(isOwner: true, isPlatformAdmin: true),
            Standing(owningTeamRole: .member), Standing(owningTeamRole: .dataWizard),
            Standing(owningTeamRole: .admin, grants: [share], isPlatformAdmin: true),
        ] {
            let access = try #require(EffectiveAccess(standing))
            #expect(access.level.value == 2_147_483_647 && access.via == .owner)
        }
    }

    @Test func `platform admins have the highest level, whatever shares they have`() throws {
        for grants in [[], [grant("usr_1", 1)], [grant("team:a", 2_147_483_647)]] {
            let access = try #require(
                EffectiveAccess(Standing(grants: grants, isPlatformAdmin: true)))
            #expect(access.level.value == 2_147_483_647 && access.via == .platformAdmin)
        }
    }
}
