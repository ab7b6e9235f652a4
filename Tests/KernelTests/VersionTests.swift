import Kernel
import TestSupport
import Testing

struct VersionTests {
    /// In order of precedence: semver.org §11, with more around it.
    private static let ordered = [
        "0.0.0", "0.0.1", "0.1.0-0", "0.1.0", "1.0.0-0", "1.0.0-1", "1.0.0-2", "1.0.0-10",
        "1.0.0-99999999999999999999999", "1.0.0--", "1.0.0-1a", "1.0.0-A", "1.0.0-alpha",
        "1.0.0-alpha.1", "1.0.0-alpha.1.0", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
        "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1", "2.1.10", "2.10.0",
        "10.0.0", "99999999999999999999999.0.0", "100000000000000000000000.0.0",
    ]

    @Test func `versions are ordered by semver precedence`() throws {
        let versions = try Self.ordered.map { try #require(SemanticVersion($0), "\($0)") }
        for (i, a) in versions.enumerated() {
            for (j, b) in versions.enumerated() {
                #expect((a < b) == (i < j), "\(a) < \(b)")
                #expect((a == b) == (i == j), "\(a) == \(b)")
            }
        }
        let random = SeededRandom(seed: 9)
        let shuffled = versions.map { ($0, random.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
        #expect(shuffled.sorted().map(\.description) == Self.ordered)
    }

    @Test func `build metadata is kept but ignored when comparing`() throws {
        let a = try #require(SemanticVersion("1.0.0+20130313144700"))
        let b = try #require(SemanticVersion("1.0.0+exp.sha.5114f85.001"))
        #expect(a == b)
        #expect(!(a < b) && !(b < a))
        #expect(b.description == "1.0.0+exp.sha.5114f85.001")
        #expect(!a.isPrerelease)
        #expect(SemanticVersion("1.0.0-rc.1+b")?.isPrerelease == true)
    }

    /// From the official list of https://semver.org/#is-there-a-suggested-regular-expression.
    @Test(arguments: [
        "0.0.4", "1.2.3", "10.20.30", "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid",
        "1.0.0-alpha0.valid", "1.0.0-alpha.0valid", "1.0.0-rc.1+build.123", "2.0.0+build.1848",
        "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
        "1.2.3----RC-SNAPSHOT.12.9.1--.12",
        "1.0.0-0A.is.legal", "1.2.3----R-S.12.9.1--.12+meta", "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
    ])
    func `a valid version is accepted`(text: String) {
        #expect(SemanticVersion(text)?.description == text)
    }

    @Test(arguments: [
        "", "1", "1.2", "1.2.3-0123", "1.2.3-0123.0123", "1.1.2+.123", "+invalid", "-invalid",
        "alpha", "alpha.beta.1", "1.0.0-alpha_beta", "1.0.0-alpha..", "1.0.0-alpha..1", "01.1.1",
        "1.01.1", "1.1.01", "1.2.3.DEV", "1.2-SNAPSHOT", "1.2.31.2.3----RC", "1.2-RC-SNAPSHOT",
        "-1.0.3-gamma+b7718", "+justmeta", "9.8.7+meta+meta", "9.8.7-whatever+meta+meta", "v1.2.3",
        " 1.2.3", "1.2.3 ", "1.2.3\n", "1.2.+3", "1.2.-3", "1..3", "1.2.3-", "1.2.3+", "１.2.3",
        "1.2.3-é", "1.2.3-\u{0}",
    ])
    func `an invalid version is refused`(text: String) {
        #expect(SemanticVersion(text) == nil)
    }

    @Test func `a version that is too long is refused`() {
        #expect(SemanticVersion("1.0." + String(repeating: "1", count: 124)) != nil)
        #expect(SemanticVersion("1.0." + String(repeating: "1", count: 125)) == nil)
    }
}
