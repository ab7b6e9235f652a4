import HTTPServer
import Kernel
import TestSupport
import Testing

@testable import ServiceKit

@Suite struct SettingsTests {
    private static let good = [
        "LATCHKEY_INTERNAL_SECRET": String(repeating: "s", count: 32), "LATCHKEY_PORT": "0",
    ]

    /// Common settings from `environment`, with the mistakes found.
    private func common(_ environment: [String: String]) -> (CommonSettings, [String]) {
        var settings = Settings(environment)
        let common = CommonSettings(&settings, defaultPort: 8101)
        return (common, settings.mistakes)
    }

    private func port(_ text: String) -> (UInt16, [String]) {
        var settings = Settings(["P": text])
        return (settings.port("P", default: 99, ""), settings.mistakes)
    }

    @Test func `defaults are those of the API`() {
        let (common, mistakes) = common([
            "LATCHKEY_INTERNAL_SECRET": String(repeating: "s", count: 32)
        ])
        #expect(mistakes.isEmpty)
        #expect(
            common.server.host == "127.0.0.1" && common.server.port == 8101
                && common.dataDirectory == ".data")
        #expect(common.logFormat == .json && common.logLevel == .info)
    }

    @Test func `all invalid settings are reported together`() {
        let (_, mistakes) = common([
            "LATCHKEY_INTERNAL_SECRET": "short", "LATCHKEY_PORT": "http", "LATCHKEY_LOG": "xml",
            "LATCHKEY_LOG_LEVEL": "loud", "LATCHKEY_LOOPS": "-1", "LATCHKEY_HOST": "localhost",
        ])
        #expect(mistakes.count == 6)
        for name in ["INTERNAL_SECRET", "PORT", "LOG", "LOG_LEVEL", "LOOPS", "HOST"] {
            #expect(mistakes.count { $0.hasPrefix("LATCHKEY_\(name) ") } == 1, "\(name)")
        }
    }

    @Test func `an error never shows a secret`() {
        let (_, mistakes) = common(["LATCHKEY_INTERNAL_SECRET": "hunter2"])
        #expect(mistakes.count == 1 && !mistakes[0].contains("hunter2"))
    }

    @Test func `a missing secret is an error`() {
        #expect(common([:]).1.count == 1)
        #expect(common(["LATCHKEY_INTERNAL_SECRET": ""]).1.count == 1)
        #expect(
            common(["LATCHKEY_INTERNAL_SECRET": String(repeating: "s", count: 31)]).1.count == 1)
        #expect(common(Self.good).1.isEmpty)
    }

    @Test func `the keys of one service replace the secret`() throws {
        let secret = String(repeating: "s", count: 32)
        let keys = ServiceKeys(SecretList(Array(secret.utf8))).text(for: "entities")
        let (found, mistakes) = common(["LATCHKEY_INTERNAL_KEYS": keys])
        #expect(mistakes.isEmpty && found.internalSecrets == nil)
        #expect(found.keys.text(for: "entities") == keys)
        let (derived, _) = common(["LATCHKEY_INTERNAL_SECRET": secret])
        #expect(derived.keys.text(for: "entities") == keys && derived.internalSecrets != nil)
        let both = common(["LATCHKEY_INTERNAL_KEYS": keys, "LATCHKEY_INTERNAL_SECRET": secret]).1
        #expect(both == ["LATCHKEY_INTERNAL_KEYS and LATCHKEY_INTERNAL_SECRET are both set"])
        let broken = common(["LATCHKEY_INTERNAL_KEYS": "hunter2"]).1
        #expect(broken == ["LATCHKEY_INTERNAL_KEYS must be the output of --derive-keys"])
    }

    @Test func `an empty variable counts as unset`() {
        var settings = Settings(["A": "", "B": "", "B_FILE": ""])
        #expect(settings.text("A", "") == nil)
        #expect(settings.text("B", default: "b", "") == "b")
        #expect(settings.port("A", default: 7, "") == 7)
        #expect(settings.mistakes.isEmpty)
    }

    @Test(arguments: ["text", "text\n", "text\r\n"]) func `a file holds the value`(content: String)
        throws
    {
        let folder = try TemporaryFolder()
        let path = try folder.write("value", Array(content.utf8))
        var settings = Settings(["A_FILE": path])
        #expect(settings.text("A", "") == "text")
    }

    @Test func `a file's value loses one trailing line end only`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("value", Array(" a\nb \n\n".utf8))
        var settings = Settings(["A_FILE": path])
        #expect(settings.text("A", "") == " a\nb \n")
    }

    @Test func `a variable and its file together are an error`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("value", Array("text".utf8))
        var settings = Settings(["A": "x", "A_FILE": path])
        #expect(settings.text("A", "") == nil)
        #expect(settings.mistakes == ["A and A_FILE are both set; set one of them"])
        var environment = Self.good
        environment["LATCHKEY_INTERNAL_SECRET_FILE"] = path
        #expect(common(environment).1.count == 1)
    }

    @Test func `an empty variable beside its file is ignored`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("value", Array("text".utf8))
        var settings = Settings(["A": "", "A_FILE": path])
        #expect(settings.text("A", "") == "text")
        #expect(settings.mistakes.isEmpty)
    }

    @Test func `a missing or binary file is an error`() throws {
        let folder = try TemporaryFolder()
        let binary = try folder.write("binary", [0xFF, 0xFE, 0x00])
        var settings = Settings([
            "A_FILE": folder.path + "/none", "B_FILE": binary, "C_FILE": folder.path,
        ])
        for name in ["A", "B", "C"] { #expect(settings.text(name, "") == nil) }
        #expect(settings.mistakes.count == 3)
    }

    @Test(arguments: [
        "+5", " 5", "5 ", "-1", "0x10", "1e3", "65536", "٣", "99999999999999999999", "1_0",
    ])
    func `no such port`(text: String) {
        let (port, mistakes) = port(text)
        #expect(port == 99 && mistakes.count == 1)
    }

    @Test(arguments: [("0", 0), ("8080", 8080), ("65535", 65_535)] as [(String, UInt16)])
    func `a port`(text: String, expected: UInt16) {
        let (port, mistakes) = port(text)
        #expect(port == expected && mistakes.isEmpty)
    }

    @Test func `a number must be in its range`() {
        var settings = Settings(["A": "100", "B": "99"])
        #expect(settings.integer("A", default: 5, in: 100...200, "") == 100)
        #expect(settings.integer("B", default: 150, in: 100...200, "") == 150)
        #expect(settings.mistakes == ["B must be a whole number from 100 to 200"])
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:8101", "127.0.0.1", 8101), ("http://entities", "entities", 80),
            ("http://entities:1/", "entities", 1), ("http://[::1]:9", "[::1]", 9),
            ("http://[::1]", "[::1]", 80),
            ("http://my_service.internal-1:65535", "my_service.internal-1", 65_535),
        ] as [(String, String, UInt16)])
    func `an address of a service`(text: String, host: String, port: UInt16) {
        #expect(ServiceURL(text) == ServiceURL(host: host, port: port))
    }

    @Test(arguments: [
        "", "entities", "https://entities", "HTTP://entities", "http://", "http://:80", "http://a:",
        "http://a:0", "http://a:65536", "http://a:+5", "http://a: 5", "http://a/b", "http://a//",
        "http://u@a", "http://a b", "http://a\r\nX: y", "http://::1", "http://a:b:80", "http://[]",
        "http://[::1", "http://::1]:80", "http://a?b", "http://ä",
    ]) func `no address of a service`(text: String) {
        #expect(ServiceURL(text) == nil)
    }

    @Test func `an invalid address is reported by name`() {
        var settings = Settings(["U": "entities:80"])
        #expect(settings.url("U", default: "http://a", "") == nil)
        #expect(settings.mistakes.count == 1 && settings.mistakes[0].hasPrefix("U "))
    }

    @Test func `every setting is listed in the help, in order`() {
        var settings = Settings(Self.good)
        _ = CommonSettings(&settings, defaultPort: 1)
        let names = settings.entries.map(\.name)
        #expect(names.first == "LATCHKEY_HOST")
        #expect(Set(names).count == names.count && names.contains("LATCHKEY_INTERNAL_SECRET"))
    }
}
