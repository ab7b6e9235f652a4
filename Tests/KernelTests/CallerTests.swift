import Kernel
import Testing

@Suite struct CallerTests {
    private func caller(isAdmin: Bool, _ scopes: [String], actingId: String = "") -> Caller {
        Caller(userId: "usr_a", isAdmin: isAdmin, scopes: scopes, actingId: actingId)
    }

    @Test(arguments: Caller.adminScopes)
    func `scopes of platform admins are of no use to others`(_ scope: String) {
        for scopes in [["*"], [scope]] {
            #expect(caller(isAdmin: true, scopes).has(scope: scope))
            #expect(!caller(isAdmin: false, scopes).has(scope: scope))
        }
        #expect(!caller(isAdmin: true, ["entities:write"]).has(scope: scope))
    }

    @Test(arguments: Caller.adminScopes.union(["tokens:write", "users:admin"]))
    func `a token that acts for a user does not manage accounts`(_ scope: String) {
        for scopes in [["*"], [scope]] {
            #expect(!caller(isAdmin: false, scopes, actingId: "usr_root").has(scope: scope))
        }
    }

    @Test func `a token that acts for a user has its other scopes`() {
        #expect(caller(isAdmin: false, ["*"], actingId: "usr_root").has(scope: "entities:share"))
        let one = caller(isAdmin: false, ["entities:share"], actingId: "usr_root")
        #expect(one.has(scope: "entities:share") && !one.has(scope: "entities:write"))
    }

    @Test func `a missing scope is named`() {
        #expect(throws: Fault.insufficientScope(["access:check"])) {
            try caller(isAdmin: false, ["*"]).require(scopes: ["entities:write", "access:check"])
        }
    }
}
