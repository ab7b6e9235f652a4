import Kernel
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

/// The settings of an environment, with its mistakes.
func readSettings(_ environment: [String: String]) -> (GatewaySettings, [String]) {
    let secret = ["LATCHKEY_INTERNAL_SECRET": String(repeating: "s", count: 32)]
    var settings = Settings(secret.merging(environment) { $1 })
    let common = CommonSettings(&settings, defaultPort: 8080)
    let gateway = GatewaySettings(&settings, common)
    return (gateway, settings.mistakes)
}

@Suite struct GatewaySettingsTests {
    @Test func `defaults match the contract`() {
        let (settings, mistakes) = readSettings([:])
        #expect(mistakes.isEmpty && settings.internalPort == 8100 && settings.adminToken == nil)
        #expect(settings.entitiesURL == ServiceURL(host: "127.0.0.1", port: 8101))
    }

    @Test func `all mistakes in the settings are reported together, without the token`() {
        let (_, mistakes) = readSettings([
            "LATCHKEY_INTERNAL_PORT": "x", "LATCHKEY_ENTITIES_URL": "x",
            "LATCHKEY_ADMIN_EMAIL": "x",
            "LATCHKEY_UPSTREAM_TIMEOUT": "99", "LATCHKEY_PUBLIC_URL": "api.example.com",
            "LATCHKEY_ADMIN_TOKEN": "sk_live_" + String(repeating: "a", count: 49),
        ])
        #expect(mistakes.count == 6)
        #expect(!mistakes.contains { $0.contains("aaaa") })
    }

    @Test func `the address limit defaults to 20, or to none if tokens have none`() {
        let usual = readSettings([:]).0.gate
        #expect(usual.tokenRate == 100 && usual.addressRate == 20)
        #expect(usual.trustedProxies.isEmpty && usual.origins.isEmpty)
        let off = readSettings(["LATCHKEY_RATE_LIMIT": "0"]).0.gate
        #expect(off.tokenRate == 0 && off.addressRate == 0)
        let explicit = readSettings([
            "LATCHKEY_RATE_LIMIT": "0", "LATCHKEY_RATE_LIMIT_ADDRESS": "5",
        ])
        #expect(explicit.0.gate.tokenRate == 0 && explicit.0.gate.addressRate == 5)
    }

    @Test(arguments: [
        ("LATCHKEY_RATE_LIMIT", "-1"), ("LATCHKEY_RATE_LIMIT", "1000001"),
        ("LATCHKEY_RATE_LIMIT_ADDRESS", "x"), ("LATCHKEY_TRUSTED_PROXIES", "proxy"),
        ("LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8,"), ("LATCHKEY_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("LATCHKEY_CORS_ORIGINS", "*,https://a.example"),
        ("LATCHKEY_CORS_ORIGINS", "https://a.example,,https://b.example"),
    ]) func `an invalid limit, proxy or origin is rejected`(name: String, value: String) {
        let mistakes = readSettings([name: value]).1
        #expect(mistakes.count == 1 && mistakes[0].hasPrefix(name + " "), "\(mistakes)")
    }

    @Test func `lists can have spaces after commas`() {
        let (settings, mistakes) = readSettings([
            "LATCHKEY_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
            "LATCHKEY_CORS_ORIGINS": "https://a.example, http://localhost:3000",
        ])
        #expect(mistakes.isEmpty && settings.gate.trustedProxies.count == 2)
        #expect(settings.gate.origins == ["https://a.example", "http://localhost:3000"])
    }

    @Test(arguments: [
        ("https://app.example", true), ("http://localhost:3000", true), ("http://127.0.0.1", true),
        ("http://[::1]:8080", true), ("capacitor://localhost", true), ("https://a_b.x-y", true),
        ("https://app.example/", false), ("https://app.example/x", false), ("app.example", false),
        ("https://", false), ("https://App.example", false), ("HTTPS://app.example", false),
        ("https://app.example:443", false), ("http://app.example:80", false),
        ("http://app.example:443", true), ("https://app.example:", false),
        ("https://app.example:0", false), ("https://app.example:08", false),
        ("https://app.example:65536", false), ("https://u@app.example", false),
        ("https://a.example\u{0}", false), ("null", false), ("https://*.example", false),
        ("://app.example", false), ("1a://app.example", false), ("https://ä.example", false),
    ]) func `origins must have the form that browsers send`(text: String, isOrigin: Bool) {
        #expect(CrossOrigin.isOrigin(text) == isOrigin)
    }

    @Test func `the admin's address is normalized`() {
        #expect(
            readSettings(["LATCHKEY_ADMIN_EMAIL": " Root@Example.COM "]).0.adminEmail
                == "root@example.com")
        #expect(readSettings(["LATCHKEY_ADMIN_TOKEN": adminToken]).1.isEmpty)
    }

    @Test(arguments: [
        ("ann@example.com", "ann"), ("Ann.B+tag@x.org", "ann.btag"), ("_x@y.z", "x"),
        ("...@y.z", "user"),
        (String(repeating: "a", count: 64) + "@x.y", String(repeating: "a", count: 32)),
        ("!@x.y", "user"),
    ]) func `a username made from an address is valid`(
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
