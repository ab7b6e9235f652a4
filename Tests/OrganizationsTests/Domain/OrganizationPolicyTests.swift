import Kernel
import OrganizationsContract
import TestSupport
import Testing

@testable import Organizations

/// Who can do what, as one table.
@Suite struct OrganizationPolicyTests {
    /// Kinds of callers.
    private enum Who: CaseIterable {
        case stranger
        case platformAdmin
        /// Custom roles: with no scope, with all but the action's, with only the action's.
        case bare
        case almost
        case exact
        case member
        case admin
        case owner

        func power(_ scope: RoleScope?) -> Power? {
            switch self {
            case .stranger, .platformAdmin: nil
            case .bare: .scopes([])
            case .almost: .scopes(Set(RoleScope.allCases.filter { $0 != scope }))
            case .exact: .scopes(Set(scope.map { [$0] } ?? []))
            case .member: .scopes([.entitiesShare, .entitiesShareStore])
            case .admin: .admin
            case .owner: .owner
            }
        }
    }

    /// One row of the table: an action's verdict for each `Who`, in order.
    private struct Line {
        let scope: RoleScope?
        let verdicts: [String]
        /// For a stranger and a platform admin if the store has public publications.
        let inPublic: [String]

        init(_ scope: RoleScope?, _ verdicts: String, inPublic: String) {
            self.scope = scope
            self.verdicts = verdicts.split(separator: " ").map(String.init)
            self.inPublic = inPublic.split(separator: " ").map(String.init)
        }
    }

    private static let meanings = [
        "hidden": "not_found", "out": "not_a_member", "weak": "insufficient_role",
        "owners": "owner_required", "admins": "not_an_organization_admin", "ok": nil,
    ]

    private func line(_ action: OrganizationAction) -> Line {
        switch action {
        case .see: Line(nil, "hidden ok ok ok ok ok ok ok", inPublic: "hidden ok")
        case .seeAudit:
            Line(nil, "hidden ok admins admins admins admins ok ok", inPublic: "hidden ok")
        case .update, .manageMembers, .manageRoles:
            Line(.orgWrite, "hidden out weak weak ok weak ok ok", inPublic: "hidden out")
        case .configure:
            Line(.orgSettings, "hidden out weak weak ok weak ok ok", inPublic: "hidden out")
        case .delete:
            Line(nil, "hidden out owners owners owners owners owners ok", inPublic: "hidden out")
        case .leave: Line(nil, "hidden out ok ok ok ok ok ok", inPublic: "hidden out")
        case .seeStore: Line(nil, "hidden hidden ok ok ok ok ok ok", inPublic: "ok ok")
        case .publish:
            Line(.entitiesShareStore, "hidden out weak weak ok ok ok ok", inPublic: "out out")
        }
    }

    @Test(arguments: OrganizationAction.allCases)
    func `each kind of caller gets the verdict in the table`(_ action: OrganizationAction) throws {
        let line = line(action)
        for isPublic in [false, true] {
            var verdicts = line.verdicts
            if isPublic { verdicts.replaceSubrange(0..<2, with: line.inPublic) }
            try #require(verdicts.count == Who.allCases.count)
            for (who, verdict) in zip(Who.allCases, verdicts) {
                let standing = Standing(
                    power: who.power(line.scope), isPlatformAdmin: who == .platformAdmin,
                    hasPublicStore: isPublic)
                let code = try #require(Self.meanings[verdict])
                let fault = fault { try OrganizationPolicy.authorize(action, standing) }
                #expect(fault?.code == code, "\(action) \(who) public: \(isPublic)")
                if let fault { #expect((fault.kind == .notFound) == (verdict == "hidden")) }
            }
        }
    }

    @Test func `a platform admin who is a member has the permissions of their role`() {
        for action in OrganizationAction.allCases {
            for power in [Power.scopes([]), .admin, .owner] {
                let codes = [false, true].map { isPlatformAdmin in
                    fault {
                        try OrganizationPolicy.authorize(
                            action,
                            Standing(
                                power: power, isPlatformAdmin: isPlatformAdmin,
                                hasPublicStore: false))
                    }?.code
                }
                // Platform admins can read every audit, whatever their role.
                let expected = action == .seeAudit ? nil : codes[0]
                #expect(codes[1] == expected, "\(action) \(power)")
            }
        }
    }

    @Test func `nobody can grant or revoke more than their own role`() {
        let writer = Power.scopes([.orgWrite])
        let all = Power.scopes(Set(RoleScope.allCases))
        let ladder: [Power?] = [nil, .scopes([]), writer, all, .admin, .owner]
        let verdicts = [
            ["not_found", "not_found", "not_found", "not_found", "not_found"],
            [
                nil, "more_than_own_role", "more_than_own_role", "more_than_own_role",
                "owner_required",
            ],
            [nil, nil, "more_than_own_role", "more_than_own_role", "owner_required"],
            // All scopes together don't make an admin.
            [nil, nil, nil, "more_than_own_role", "owner_required"],
            [nil, nil, nil, nil, "owner_required"], [nil, nil, nil, nil, nil],
        ]
        for (power, row) in zip(ladder, verdicts) {
            let standing = Standing(power: power, isPlatformAdmin: true, hasPublicStore: true)
            for (other, verdict) in zip(ladder.compactMap(\.self), row) {
                let fault = fault { try OrganizationPolicy.authorize(standing, over: other) }
                #expect(fault?.code == verdict, "\(String(describing: power)) over \(other)")
            }
        }
    }

    @Test func `only members see the key and the whole store, platform admins or not`() {
        for (power, isMember) in [(Power.scopes([]), true), (.owner, true), (nil, false)] {
            for isPlatformAdmin in [false, true] {
                let standing = Standing(
                    power: power, isPlatformAdmin: isPlatformAdmin, hasPublicStore: true)
                #expect(OrganizationPolicy.seesRegistryKey(standing) == isMember)
                #expect(OrganizationPolicy.seesAllPublications(standing) == isMember)
            }
        }
    }

    @Test func `publishing needs a publisher, and is a 404 for callers who can't see the entity`() {
        func code(_ isPublisher: Bool, _ isAccessible: Bool, _ isOpen: Bool) -> String? {
            let standing = EntityStanding(
                id: "ent_1", name: "Bot", type: "app", updatedAt: Timestamp(milliseconds: 0),
                isPublisher: isPublisher, isAccessible: isAccessible)
            return fault {
                try OrganizationPolicy.authorizePublisher(standing, isInVisibleStore: isOpen)
            }?.code
        }
        #expect(code(true, true, false) == nil)
        #expect(code(false, true, false) == "not_a_publisher")
        #expect(code(false, false, true) == "not_a_publisher")
        #expect(code(false, false, false) == "not_found")
        for isOpen in [false, true] {
            let missing = fault {
                try OrganizationPolicy.authorizePublisher(nil, isInVisibleStore: isOpen)
            }
            #expect(missing == .notFound)
        }
    }
}
