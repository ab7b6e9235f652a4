import IntegrationsContract
import Kernel
import TestSupport
import Testing

@testable import Integrations

/// Permissions as two tables: for an integration of a user and for one of a team.
@Suite struct IntegrationPolicyTests {
    /// The standings toward an integration.
    private enum Who: String, CaseIterable {
        case stranger, ownShare, shareViaTeam, owner, teamMember, teamDataWizard, teamAdmin
        case platformAdmin

        var standing: Standing {
            let level = AccessLevel(stored: 7)
            return switch self {
            case .stranger: Standing()
            case .ownShare:
                Standing(grants: [Grant(principal: .user("usr_1"), level: level)])
            case .shareViaTeam: Standing(grants: [Grant(principal: .team("a"), level: level)])
            case .owner: Standing(isOwner: true)
            case .teamMember: Standing(owningTeamRole: .member)
            case .teamDataWizard: Standing(owningTeamRole: .dataWizard)
            case .teamAdmin: Standing(owningTeamRole: .admin)
            case .platformAdmin: Standing(isPlatformAdmin: true)
            }
        }
    }

    private static let ofUser: [Who] = [
        .stranger, .ownShare, .shareViaTeam, .owner, .platformAdmin,
    ]
    private static let ofTeam: [Who] = [
        .stranger, .ownShare, .shareViaTeam, .teamMember, .teamDataWizard, .teamAdmin,
        .platformAdmin,
    ]

    private static let meanings = [
        "hidden": "not_found", "manager": "not_an_integration_manager",
        "owner": "not_an_integration_owner", "admin": "admin_required", "ok": nil,
    ]

    private func verdicts(_ action: IntegrationAction) -> (ofUser: String, ofTeam: String) {
        switch action {
        case .see: ("hidden ok ok ok ok", "hidden ok ok ok ok ok ok")
        case .update:
            ("hidden manager manager ok ok", "hidden manager manager manager ok ok ok")
        case .share:
            ("hidden manager manager ok ok", "hidden manager manager manager ok ok ok")
        case .seeAudit:
            ("hidden manager manager ok ok", "hidden manager manager manager ok ok ok")
        case .delete: ("hidden owner owner ok ok", "hidden owner owner owner owner ok ok")
        case .changeOwner:
            ("hidden admin admin admin ok", "hidden admin admin admin admin admin ok")
        }
    }

    private func check(
        _ action: IntegrationAction, _ people: [Who], _ verdicts: String
    ) throws {
        let verdicts = verdicts.split(separator: " ").map(String.init)
        try #require(verdicts.count == people.count)
        for (who, verdict) in zip(people, verdicts) {
            let code = try #require(Self.meanings[verdict])
            let fault = fault { try IntegrationPolicy.authorize(action, who.standing) }
            #expect(fault?.code == code, "\(action) \(who)")
            if let fault {
                #expect(fault.kind == (verdict == "hidden" ? .notFound : .forbidden))
            }
        }
    }

    @Test(arguments: IntegrationAction.allCases)
    func `each standing gets what the table says`(_ action: IntegrationAction) throws {
        let verdicts = verdicts(action)
        try check(action, Self.ofUser, verdicts.ofUser)
        try check(action, Self.ofTeam, verdicts.ofTeam)
    }

    @Test(arguments: IntegrationAction.allCases)
    func `a combined standing allows what either part allows`(
        _ action: IntegrationAction
    ) throws {
        func can(_ standing: Standing) -> Bool {
            fault { try IntegrationPolicy.authorize(action, standing) } == nil
        }
        for one in Who.allCases {
            for other in Who.allCases {
                var both = one.standing
                let second = other.standing
                // A user has only one role in a team.
                guard both.owningTeamRole == nil || second.owningTeamRole == nil else { continue }
                both.isOwner = both.isOwner || second.isOwner
                both.owningTeamRole = both.owningTeamRole ?? second.owningTeamRole
                both.grants += second.grants
                both.isPlatformAdmin = both.isPlatformAdmin || second.isPlatformAdmin
                #expect(
                    can(both) == (can(one.standing) || can(second)), "\(action) \(one) \(other)")
            }
        }
    }

    @Test func `even the highest level only gives what a share gives`() {
        let all = Standing(grants: [Grant(principal: .user("usr_1"), level: .highest)])
        for action in IntegrationAction.allCases where action != .see {
            let fault = fault { try IntegrationPolicy.authorize(action, all) }
            #expect(fault?.kind == .forbidden, "\(action)")
        }
    }

    @Test func `only a team's data wizards and admins can make it an owner`() {
        for (role, code) in [
            (nil, "insufficient_team_role"), (TeamRole.member, "insufficient_team_role"),
            (.dataWizard, nil), (.admin, nil),
        ] as [(TeamRole?, String?)] {
            let fault = fault { try IntegrationPolicy.authorizeNewTeam(role) }
            #expect(fault?.code == code, "\(String(describing: role))")
            if let fault { #expect(fault.kind == .forbidden) }
        }
    }

    @Test func `only platform admins read the audit of deleted integrations`() {
        #expect(IntegrationPolicy.readsEveryAudit(Caller(userId: "usr_1", isAdmin: true)))
        #expect(!IntegrationPolicy.readsEveryAudit(Caller(userId: "usr_1")))
    }
}
