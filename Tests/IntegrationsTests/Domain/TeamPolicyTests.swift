import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Permissions on teams, as a table.
@Suite struct TeamPolicyTests {
    /// A stranger and members by role, then the same as platform admins.
    private static let people: [TeamStanding] = [
        TeamStanding(), TeamStanding(role: .member), TeamStanding(role: .dataWizard),
        TeamStanding(role: .admin), TeamStanding(isPlatformAdmin: true),
        TeamStanding(role: .member, isPlatformAdmin: true),
        TeamStanding(role: .dataWizard, isPlatformAdmin: true),
        TeamStanding(role: .admin, isPlatformAdmin: true),
    ]

    private func verdicts(_ action: TeamAction) -> String {
        switch action {
        case .see: "hidden ok ok ok ok ok ok ok"
        case .update: "hidden weak weak ok ok ok ok ok"
        case .delete: "hidden weak weak ok ok ok ok ok"
        case .manageMembers: "hidden weak weak ok ok ok ok ok"
        case .leave: "hidden ok ok ok hidden ok ok ok"
        }
    }

    @Test(arguments: TeamAction.allCases)
    func `each standing gets what the table says`(_ action: TeamAction) throws {
        let verdicts = verdicts(action).split(separator: " ")
        try #require(verdicts.count == Self.people.count)
        for (standing, verdict) in zip(Self.people, verdicts) {
            let code: String? =
                switch verdict {
                case "hidden": "not_found"
                case "weak": "not_a_team_admin"
                default: nil
                }
            let fault = fault { try TeamPolicy.authorize(action, standing) }
            #expect(fault?.code == code, "\(action) \(standing)")
            if let fault {
                #expect(fault.kind == (verdict == "hidden" ? .notFound : .forbidden))
            }
        }
    }

    @Test func `only platform admins list all teams`() {
        #expect(TeamPolicy.seesEveryTeam(Caller(userId: "usr_1", isAdmin: true)))
        #expect(!TeamPolicy.seesEveryTeam(Caller(userId: "usr_1")))
    }
}
