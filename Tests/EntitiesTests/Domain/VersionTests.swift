import Kernel
import TestSupport
import Testing

@testable import Entities

@Suite struct VersionTests {
    static let digest = String(repeating: "0f", count: 32)

    @Test func `all invalid members are reported at once`() {
        let fault = fault {
            try VersionDraft(
                version: "v1", packageUrl: "/p.tgz", sha256: "abc",
                notes: String(repeating: "x", count: 10_001))
        }
        #expect(
            fault?.fields.map(\.pointer) == ["/version", "/packageUrl", "/sha256", "/notes"])
    }

    @Test(arguments: [
        ("https://example.com/p.tgz", true),
        ("HTTP://example.com:8080/p?x=1#y", true),
        ("http://[::1]/p", true),
        ("", false),
        ("example.com/p", false),
        ("//example.com/p", false),
        ("https:///p", false),
        ("https:p", false),
        ("ftp://example.com/p", false),
        ("javascript:alert(1)", false),
        ("https://user@example.com/p", false),
        ("https://user:secret@example.com/p", false),
        ("https://@example.com/p", false),
        ("https://example.com/a b", false),
        ("https://example.com/ä", false),
        ("https://example.com/\n", false),
        ("https://example.com/" + String(repeating: "a", count: 2028), true),
        ("https://example.com/" + String(repeating: "a", count: 2029), false),
    ])
    func `package URLs must be absolute http or https without credentials`(
        url: String, passes: Bool
    ) {
        let fault = fault {
            try VersionDraft(version: "1.0.0", packageUrl: url, sha256: Self.digest)
        }
        #expect((fault == nil) == passes)
    }

    @Test(arguments: [
        (digest, true),
        (digest.uppercased(), false),
        (String(digest.dropLast()), false),
        (digest + "0", false),
        (digest.dropLast() + "g", false),
    ])
    func `digests must be 64 lowercase hexadecimal digits`(digest: String, passes: Bool) {
        let fault = fault {
            try VersionDraft(
                version: "1.0.0", packageUrl: "https://example.com/p", sha256: digest)
        }
        #expect((fault == nil) == passes)
    }

    @Test(arguments: [
        ("1.0.0", nil, false, nil),
        ("1.0.1", "1.0.0", false, nil),
        ("1.10.0", "1.9.0", false, nil),
        ("1.0.0", "1.0.0-rc.1", false, nil),
        ("1.0.0-rc.1", "1.0.0", false, "version_not_greater"),
        ("0.9.0", "1.0.0", false, "version_not_greater"),
        ("0.9.0", "1.0.0", true, nil),
        ("2.0.0", "1.0.0", true, nil),
    ])
    func `a version must be greater than the latest unless it is a backport`(
        version: String, latest: String?, backport: Bool, code: String?
    ) throws {
        let draft = try draft(version, backport: backport)
        let latest = latest.flatMap { SemanticVersion($0) }
        let fault = fault { try VersionRules.checkPush(draft, exists: false, latest: latest) }
        #expect(fault?.code == code)
        if code != nil { #expect(fault?.detail.contains(latest?.description ?? "") == true) }
    }

    @Test(arguments: [false, true])
    func `an existing version is refused, even as a backport`(backport: Bool) throws {
        let draft = try draft("1.0.0", backport: backport)
        let fault = fault {
            try VersionRules.checkPush(draft, exists: true, latest: SemanticVersion("1.0.0"))
        }
        #expect(fault?.code == "version_exists")
    }

    @Test(arguments: [
        ("1.0.0+build.7", "1.0.0"),
        ("1.0.0-rc.1+b", "1.0.0-rc.1"),
        ("1.0.0", "1.0.0"),
    ])
    func `precedence ignores build metadata`(version: String, precedence: String) throws {
        #expect(try #require(SemanticVersion(version)).precedence == precedence)
    }
}
