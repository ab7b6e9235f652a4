import Contract
import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

@Suite struct DecisionTests {
    private func subject(_ caller: Caller) -> DecisionSubject {
        DecisionSubject(userId: caller.userId, isAdmin: caller.isAdmin)
    }

    /// Ann owns one integration, her team another; both are shared with a user and a team.
    private struct Cast {
        let world: World
        let users: [DecisionSubject]
        let integrations: [Integration]
        let ann: Caller
        let bob: Caller

        init() async throws {
            world = try World()
            ann = world.user("ann")
            bob = world.user("bob")
            let world = self.world
            let others = ["wizard", "member", "shared", "stranger"].map { world.user($0) }
            let admin = Caller(userId: world.user("root").userId, isAdmin: true)
            let owning = try await world.team("Owning", by: ann)
            try await world.join(others[0], owning, as: .dataWizard, by: ann)
            try await world.join(others[1], owning, by: ann)
            let reading = try await world.team("Reading", by: ann)
            try await world.join(others[2], reading, by: ann)
            let own = try await world.integration("Own", by: ann)
            let teams = try await world.integration("Teams", by: ann)
            try await world.transfer(
                teams, teamId: owning.id, by: Caller(userId: ann.userId, isAdmin: true))
            for integration in [own, teams] {
                try await world.share(integration, with: "user:bob", 2, by: admin)
                try await world.share(integration, with: "team:\(reading.id)", 3, by: admin)
            }
            integrations = [own, teams]
            users = ([ann, bob, admin] + others).map {
                DecisionSubject(userId: $0.userId, isAdmin: $0.isAdmin)
            }
        }
    }

    @Test func `searches find exactly what is allowed`() async throws {
        let cast = try await Cast()
        let found = try await differences(
            of: cast.world.useCases, among: cast.users,
            and: cast.integrations.map(\.id) + ["int_x"], actions: IntegrationDecisions.actions,
            accessLevels: [nil, 2, 3, 4])
        #expect(found == [])
    }

    @Test func `decisions are the policy's`() async throws {
        let cast = try await Cast()
        let (world, own) = (cast.world, cast.integrations[0])
        func decide(
            _ caller: Caller, _ action: String, _ id: String, level: Int? = nil
        ) async throws -> Decision? {
            try await world.useCases.decide([
                DecisionQuery.Item(
                    subject: subject(caller), action: action, resourceId: id, accessLevel: level)
            ]).first
        }
        #expect(try await decide(cast.ann, "own", own.id) == .allowed("owner"))
        #expect(try await decide(cast.ann, "share", own.slug) == .allowed("owner"))
        #expect(try await decide(cast.bob, "access", own.id) == .allowed("share"))
        #expect(try await decide(cast.bob, "access", own.id, level: 2) == .allowed("share"))
        #expect(try await decide(cast.bob, "access", own.id, level: 3) == .denied)
        #expect(try await decide(cast.bob, "share", own.id) == .denied)
        #expect(try await decide(cast.bob, "fly", own.id) == .unknownAction)
        #expect(try await decide(cast.bob, "access", "none") == .unknownResource)
        let admin = Caller(userId: "usr_root", isAdmin: true)
        #expect(try await decide(admin, "own", own.id) == .allowed("platform_admin"))
        try await world.unshare(own, with: "user:bob", by: cast.ann)
        #expect(try await decide(cast.bob, "access", own.id) == .denied)
    }
}
