import Contract
import GatewayContract
import IntegrationsContract
import Kernel
import Testing

@testable import Integrations

/// What the document says of an integration's and a team's values, and what their domain decides,
/// are the same.
@Suite struct IntegrationRuleTests {
    private func rule(_ name: String, _ type: any Documented.Type) throws -> Rule {
        try #require(type.members.first { $0.name == name }, "\(type).\(name)").rule
    }

    @Test(arguments: Texts.all)
    func `names, slugs and descriptions of integrations follow the domain's rules`(_ text: String)
        throws
    {
        for (member, takes) in [
            ("name", isAccepted { () throws(Fault) in _ = try IntegrationDraft(name: text) }),
            (
                "slug",
                isAccepted { () throws(Fault) in _ = try IntegrationDraft(name: "x", slug: text) }
            ),
            (
                "description",
                isAccepted { () throws(Fault) in
                    _ = try IntegrationDraft(name: "x", description: text)
                }
            ),
        ] {
            #expect(try accepts(rule(member, NewIntegrationBody.self), text) == takes, "\(member)")
        }
    }

    @Test(arguments: Texts.all)
    func `a PATCH accepts the same values as a POST`(_ text: String) throws {
        for (member, change) in [
            ("name", { () throws(Fault) in try IntegrationUpdate(name: .value(text)) }),
            ("slug", { () throws(Fault) in try IntegrationUpdate(slug: .value(text)) }),
            (
                "description",
                { () throws(Fault) in try IntegrationUpdate(description: .value(text)) }
            ),
        ] as [(String, () throws(Fault) -> IntegrationUpdate)] {
            let takes = isAccepted { () throws(Fault) in _ = try change() }
            #expect(
                try accepts(rule(member, IntegrationPatchBody.self), text) == takes, "\(member)")
        }
    }

    @Test func `null clears descriptions, external ids and who manages a team only`() throws {
        for member in IntegrationPatchBody.members {
            let takes = isAccepted { () throws(Fault) in
                switch member.name {
                case "name": _ = try IntegrationUpdate(name: .null)
                case "slug": _ = try IntegrationUpdate(slug: .null)
                case "externalId": _ = try IntegrationUpdate(externalId: .null)
                default: _ = try IntegrationUpdate(description: .null)
                }
            }
            #expect(member.rule.isClearable == takes, "\(member.name)")
        }
        let ofTeams = TeamPatchBody.members.filter(\.rule.isClearable).map(\.name)
        #expect(ofTeams == ["externalId", "managedBy"])
    }

    @Test(arguments: Texts.all)
    func `names and ids of teams`(_ text: String) throws {
        let takesName = isAccepted { () throws(Fault) in _ = try TeamDraft(name: text) }
        let takesId = isAccepted { () throws(Fault) in _ = try TeamDraft(name: "x", id: text) }
        #expect(try accepts(rule("name", NewTeamBody.self), text) == takesName)
        #expect(try accepts(rule("name", TeamPatchBody.self), text) == takesName)
        #expect(try accepts(rule("id", NewTeamBody.self), text) == takesId)
    }

    @Test(arguments: [Int.min, -1, 0, 1, 2, 2_147_483_647, 2_147_483_648, Int.max])
    func `access levels`(_ level: Int) throws {
        let takes = isAccepted { () throws(Fault) in _ = try AccessLevel(level) }
        for type in [
            ShareLevelBody.self, IntegrationShareBody.self, IntegrationShareWithPrincipalBody.self,
            IntegrationAccessBody.self,
        ] as [any Documented.Type] {
            #expect(try rule("accessLevel", type).range?.contains(level) == takes, "\(type)")
        }
    }

    @Test func `the default level of a share is the documented one`() throws {
        let fallback = try rule("accessLevel", ShareLevelBody.self).fallback
        #expect(fallback == .number(AccessLevel.default.value))
    }

    @Test(arguments: Texts.all + ["ada", "data.wizard", "a-1", "ada:b", "user:ada"])
    func `names of principals follow the rules of users and teams`(_ text: String) throws {
        let member = IntegrationRoutes.groups.flatMap(\.path).first { $0.name == "principalId" }
        let rule = try #require(member).rule
        let isUsername = isAccepted { () throws(Fault) in
            _ = try Text.username(text, pointer: "")
        }
        #expect(try accepts(rule, "user:" + text) == isUsername)
        #expect(try accepts(rule, "team:" + text) == Text.isSlug(text))
        for other in [text, "users:" + text, "User:" + text, ":" + text, "user" + text] {
            #expect(try !accepts(rule, other) || PrincipalName(other) != nil, "\(other)")
        }
        if isUsername { #expect(PrincipalName("user:" + text) == .user(text)) }
        if Text.isSlug(text) { #expect(PrincipalName("team:" + text) == .team(text)) }
    }

    @Test(arguments: Texts.all)
    func `names of new owners follow the rules of users and teams`(_ text: String) throws {
        let isUsername = isAccepted { () throws(Fault) in
            _ = try Text.username(text, pointer: "")
        }
        #expect(try accepts(rule("userId", NewOwnerBody.self), text) == isUsername)
        #expect(try accepts(rule("teamId", NewOwnerBody.self), text) == Text.isSlug(text))
    }

    @Test func `the example of a new owner names one and not both`() {
        let named = NewOwnerBody.members.filter { $0.example != nil }.map(\.name)
        #expect(named == ["userId"])
        for (userId, teamId, takes) in [
            ("ada", nil, true), (nil, "crm", true), ("ada", "crm", false), (nil, nil, false),
        ] as [(String?, String?, Bool)] {
            let isTaken = isAccepted { () throws(Fault) in
                _ = try NewOwner(userId: userId, teamId: teamId)
            }
            #expect(isTaken == takes)
        }
    }
}
