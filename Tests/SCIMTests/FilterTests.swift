import Kernel
import Testing

@testable import SCIM

@Suite struct FilterTests {
    static let ada: SCIMObject = SCIMObject([
        ("schemas", [.string(SCIMURN.user)]), ("id", "usr_1"), ("externalId", "00uA"),
        ("userName", "Ada@Example.com"), ("active", true), ("age", 36),
        ("name", ["familyName": "Lovelace", "givenName": "Ada"]),
        (
            "emails",
            [
                ["value": "ada@example.com", "type": "work", "primary": true],
                ["value": "ada@home.example", "type": "home"],
            ]
        ),
        ("meta", ["resourceType": "User", "lastModified": "2026-01-15T09:00:00.000Z"]),
    ])

    private func matches(_ text: String) throws -> Bool {
        try SCIMFilter(text).matches(Self.ada, .test)
    }

    @Test(arguments: [
        #"userName eq "ada@example.com""#, #"USERNAME EQ "ADA@EXAMPLE.COM""#,
        #"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada""#,
        #"name.familyName co "lace""#, #"name.givenName ew "da""#, "name pr", "not (title pr)",
        #"externalId eq "00uA""#, "active eq true", #"active eq "True""#, "age gt 30", "age le 36",
        #"emails eq "ada@home.example""#, #"emails.type eq "HOME""#,
        #"emails[type eq "work" and value co "@example.com"]"#,
        #"emails[type eq "work"].value eq "ada@example.com""#, "emails[primary eq true]",
        #"meta.lastModified gt "2026-01-15T08:59:59Z""#,
        #"meta.lastModified eq "2026-01-15T10:00:00+01:00""#,
        #"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#,
        #"userName eq "x" or active eq true and age eq 36"#,
        #"(userName eq "x" or active eq true) and not (age eq 35)"#, "title eq null",
        #"title ne "x""#, #"userName eq "\u0061da@example.com""#, "userName ne null",
    ])
    func `a filter finds what it describes`(text: String) throws {
        #expect(try matches(text))
    }

    @Test(arguments: [
        #"userName eq "ada""#, #"externalId eq "00ua""#, "active eq false", "active ne true",
        "age gt 36", #"age eq "36""#, "title pr", #"emails.value sw "x""#,
        #"emails[type eq "home" and primary eq true]"#,
        #"emails[type eq "home"].value eq "ada@example.com""#,
        // Undefined attributes match nothing, whatever is asked of them.
        "nothing pr", #"nothing ne "x""#, #"name.nothing eq "x""#, #"emails.nothing pr"#,
        #"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "x""#,
        #"userName eq "x" or active eq true and age eq 35"#,
    ])
    func `a filter leaves out what it does not describe`(text: String) throws {
        #expect(try !matches(text))
    }

    @Test(arguments: [
        "", " ", "userName", "userName eq", "userName is \"x\"", "eq \"x\"", "userName eq x",
        "userName eq \"x", "(userName pr", "userName pr)", "not userName pr", "emails[",
        "emails[type eq \"work\"", "emails[].value pr", "userName eq \"x\" and", "a.b.c pr",
        "userName pr or or active pr", "userName eq {}", "1x pr", "emails[type pr].1 pr",
        "userName eq \"\\x\"", "[type pr]",
    ])
    func `a malformed filter is refused as such`(text: String) {
        #expect(throws: Fault.self) { try SCIMFilter(text) }
        do {
            _ = try SCIMFilter(text)
        } catch {
            #expect(error.members[SCIMErrorType.member] == "invalidFilter")
            #expect(error.kind == .malformed)
        }
    }

    @Test func `what has no order is refused`() {
        #expect(throws: Fault.self) { try matches("active gt true") }
    }

    @Test func `length, depth and number of comparisons have bounds`() throws {
        let deepest = FilterParser.maximumDepth
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "active pr"
                + String(repeating: ")", count: depth)
        }
        _ = try SCIMFilter(nested(deepest))
        #expect(throws: Fault.self) { try SCIMFilter(nested(deepest + 1)) }
        func chain(_ terms: Int) -> String {
            Array(repeating: "active pr", count: terms).joined(separator: " or ")
        }
        _ = try SCIMFilter(chain(FilterParser.maximumTerms))
        #expect(throws: Fault.self) { try SCIMFilter(chain(FilterParser.maximumTerms + 1)) }
        let longest = FilterParser.maximumLength - 5
        _ = try SCIMFilter("a eq " + String(repeating: "1", count: 10))
        #expect(throws: Fault.self) {
            try SCIMFilter("a eq \"" + String(repeating: "x", count: longest) + "\"")
        }
    }

    @Test func `no bytes at all end the parser otherwise than by a fault`() {
        let pieces = [
            "(", ")", "[", "]", "\"", "\\", " ", "and", "or", "not", "eq", "pr", "a", ".", ":",
            "urn:", "1", "é", "\u{301}", "\t", "true", "$ref", "-",
        ]
        var state: UInt64 = 88_172_645_463_325_252
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<12 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                text += pieces[Int(state % UInt64(pieces.count))]
            }
            _ = try? SCIMFilter(text)
            _ = try? AttributePath(parsing: text)
        }
    }

    @Test func `a path has the parts that the standard names`() throws {
        let urn = SCIMURN.user
        #expect(try AttributePath(parsing: "userName") == AttributePath("userName"))
        #expect(
            try AttributePath(parsing: urn + ":name.familyName")
                == AttributePath(schema: urn, "name", sub: "familyName"))
        #expect(try AttributePath(parsing: urn) == AttributePath(schema: urn, ""))
        #expect(
            try AttributePath(parsing: #"members[value eq "usr_1"]"#)
                == AttributePath("members", where: .compare(AttributePath("value"), .eq, "usr_1")))
        #expect(
            try AttributePath(parsing: #"emails[type eq "work"].value"#)
                == AttributePath(
                    "emails", where: .compare(AttributePath("type"), .eq, "work"), sub: "value"))
    }
}

extension SCIMSchema {
    /// The standard's User, as far as tests need it.
    static let test = SCIMSchema(
        SCIMURN.user, "User", "A user.", ignoring: ["nickName", "photos"],
        [
            SCIMAttribute("userName", "The name.").with { $0.isRequired = true },
            SCIMAttribute("title", "The title."), SCIMAttribute("active", .boolean, "Active."),
            SCIMAttribute("age", .integer, "The age."),
            SCIMAttribute("name", .complex, "The name.").with {
                $0.subAttributes = [
                    SCIMAttribute("familyName", "Family."), SCIMAttribute("givenName", "Given."),
                ]
            },
            SCIMAttribute("emails", .complex, "Addresses.").with {
                $0.isMultiValued = true
                $0.subAttributes = [
                    SCIMAttribute("value", "The address."), SCIMAttribute("type", "The type."),
                    SCIMAttribute("primary", .boolean, "Whether it is the first."),
                ]
            },
        ])
}
