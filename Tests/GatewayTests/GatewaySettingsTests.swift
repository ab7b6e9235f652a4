import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite struct GatewaySettingsTests {
    private func read(_ environment: [String: String]) -> (GatewaySettings, [String]) {
        let secret = ["LATCHKEY_INTERNAL_SECRET": String(repeating: "s", count: 32)]
        var settings = Settings(secret.merging(environment) { $1 })
        let common = CommonSettings(&settings, defaultPort: 8080)
        let gateway = GatewaySettings(&settings, common)
        return (gateway, settings.mistakes)
    }

    @Test func `defaults are those of the contract`() {
        let (settings, mistakes) = read([:])
        #expect(mistakes.isEmpty && settings.internalPort == 8100 && settings.adminToken == nil)
        #expect(settings.entitiesURL == ServiceURL(host: "127.0.0.1", port: 8101))
    }

    @Test func `all mistakes are reported together, without the token`() {
        let (_, mistakes) = read([
            "LATCHKEY_INTERNAL_PORT": "x", "LATCHKEY_ENTITIES_URL": "x",
            "LATCHKEY_ADMIN_EMAIL": "x",
            "LATCHKEY_UPSTREAM_TIMEOUT": "99", "LATCHKEY_PUBLIC_URL": "api.example.com",
            "LATCHKEY_ADMIN_TOKEN": "sk_live_" + String(repeating: "a", count: 49),
        ])
        #expect(mistakes.count == 6)
        #expect(!mistakes.contains { $0.contains("aaaa") })
    }

    @Test func `the admin's address is kept in the form that is compared`() {
        #expect(
            read(["LATCHKEY_ADMIN_EMAIL": " Root@Example.COM "]).0.adminEmail == "root@example.com")
        #expect(read(["LATCHKEY_ADMIN_TOKEN": adminToken]).1.isEmpty)
    }

    @Test(arguments: [
        ("ann@example.com", "ann"), ("Ann.B+tag@x.org", "ann.btag"), ("_x@y.z", "x"),
        ("...@y.z", "user"),
        (String(repeating: "a", count: 64) + "@x.y", String(repeating: "a", count: 32)),
        ("!@x.y", "user"),
    ]) func `a username made from an address follows the rule for usernames`(
        email: String, name: String
    ) {
        #expect(UsernameRule.base(email: email) == name)
        #expect(throws: Never.self) { try Text.username(name, pointer: "") }
    }

    @Test func `a taken username gets the first free number`() {
        let taken: Set = ["ann", "ann2", "ann3"]
        #expect(UsernameRule.free("ann") { taken.contains($0) } == "ann4")
        #expect(UsernameRule.free("bob") { taken.contains($0) } == "bob")
    }
}
