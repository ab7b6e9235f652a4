import Contract
import IntegrationsContract
import Kernel
import Testing

@testable import Integrations

/// Users and teams as whom access is given to, and how they are called.
@Suite struct PrincipalTests {
    @Test func `a name says which kind it is before the first colon`() {
        #expect(PrincipalName("user:ada") == .user("ada"))
        #expect(PrincipalName("team:a-team") == .team("a-team"))
        // Whether such a user or team exists is for the lookup to say.
        #expect(PrincipalName("user:team:x") == .user("team:x"))
        #expect(PrincipalName("team:user:ada") == .team("user:ada"))
        #expect(PrincipalName("user:ADA") == .user("ADA"))
    }

    @Test(arguments: [
        "", ":", "user", "user:", "team:", ":ada", "ada", "usr_ada", "User:ada", "TEAM:a",
        " user:a",
        "user :a", "users:a", "group:a", "user%3Aada",
    ])
    func `other texts name no principal`(_ text: String) { #expect(PrincipalName(text) == nil) }

    @Test func `a name is written as it is parsed`() {
        for text in ["user:ada", "team:a-team", "user:a.b_c-d", "user:team:x"] {
            #expect(PrincipalName(text)?.text == text)
        }
    }

    @Test func `a stored user can't be mistaken for a team`() {
        for principal in [Principal.user("usr_ada"), .team("usr_ada"), .team("a"), .user("team")] {
            #expect(Principal(key: principal.key) == principal)
        }
        #expect(
            Principal.user("usr_a").key == "usr_a" && Principal.team("usr_a").key == "team:usr_a")
    }

    @Test func `users are shown by username, teams by id`() {
        let ada = NamedPrincipal(
            UserProfile(id: "usr_1", email: "a@example.com", username: "ada", displayName: "Ada"))
        #expect(ada.principal == .user("usr_1") && ada.name.text == "user:ada")
        #expect(ada.displayName == "Ada")
        let team = NamedPrincipal(
            Team(
                id: "a-team", name: "A Team", createdAt: Timestamp(milliseconds: 0),
                memberCount: 0))
        #expect(team.principal == .team("a-team") && team.name.text == "team:a-team")
        #expect(team.displayName == "A Team")
    }

    @Test func `a principal without a name keeps its type`() {
        for principal in [Principal.user("usr_1"), .team("a-team")] {
            #expect(NamedPrincipal(nameless: principal).principal == principal)
        }
        #expect(NamedPrincipal(nameless: .user("usr_1")).name == .user("usr_1"))
        #expect(NamedPrincipal(nameless: .team("a-team")).name == .team("a-team"))
    }
}
