import Contract
import GatewayContract
import Kernel
import OrganizationsContract
import Testing

@testable import Organizations

/// The document's rules for an organization's values agree with the domain's.
@Suite struct OrganizationRuleTests {
    private static let dotted = [
        "abc", "ab", "a.b", "a..b", "a.b.c", "a.-b", "a-.b", ".ab", "ab.", "-ab", "ab-", "a--b",
        "aBc", "a_b", "a b", "192.168.0.1", "abc\n", " abc", "äbc", "a.b..c", "1a2",
    ]
    private static let edges = [2, 3, 50, 51, 63, 64, 128, 129, 256, 257].map {
        String(repeating: "a", count: $0)
    }
    private static let visible = [
        "!", "~", "!~", "a b", "a\tb", "\u{7F}", "a\n", "AKIA", "a/b+c=", "\"", "é",
    ]

    private func rule(_ name: String) throws -> Rule {
        try #require(NewExternalStorageBody.members.first { $0.name == name }).rule
    }

    /// Whether the domain accepts a bucket with this field.
    private func takes(_ name: String, _ text: String) -> Bool {
        var members = [
            "provider": "s3", "endpoint": "https://s3.example.com", "bucket": "packages",
            "region": "eu-central-1", "accessKeyId": "id", "secretAccessKey": "secret",
        ]
        members[name] = text
        let body = NewExternalStorageBody(
            provider: members["provider"] ?? "", endpoint: members["endpoint"] ?? "",
            bucket: members["bucket"] ?? "", region: members["region"] ?? "",
            accessKeyId: members["accessKeyId"] ?? "",
            secretAccessKey: members["secretAccessKey"] ?? "")
        return isAccepted { () throws(Fault) in
            _ = try StorageDraft(mode: "external", external: body)
        }
    }

    @Test(arguments: Texts.odd + edges + dotted)
    func `bucket rules agree with the domain`(_ text: String) throws {
        #expect(try accepts(rule("bucket"), text) == takes("bucket", text))
    }

    @Test(arguments: Texts.odd + edges + dotted)
    func `region rules agree with the domain`(_ text: String) throws {
        #expect(try accepts(rule("region"), text) == takes("region", text))
    }

    @Test(arguments: Texts.odd + edges + visible)
    func `access key rules agree with the domain`(_ text: String) throws {
        for name in ["accessKeyId", "secretAccessKey"] {
            #expect(try accepts(rule(name), text) == takes(name, text), "\(name)")
        }
    }

    @Test(arguments: ["s3", "S3", "gcs", "", "s3 "])
    func `provider rules agree with the domain`(_ text: String) throws {
        #expect(try accepts(rule("provider"), text) == takes("provider", text))
    }

    @Test(arguments: [
        "https://s3.example.com", "http://minio:9000", "http://a", "https://a/", "http://10.0.0.1",
        "https://a-b.c:1/", "https://S3.Example.com",
    ])
    func `every endpoint that the document accepts is accepted by the domain`(_ text: String) throws
    {
        #expect(try accepts(rule("endpoint"), text) && takes("endpoint", text))
    }

    /// The document covers fewer cases than Foundation's parser.
    @Test(arguments: [
        "", "s3.example.com", "ftp://a.example", "https://", "https:///", "https://a/b",
        "https://a?x", "https://a#x", "https://u@a", "https://u:p@a", "https://a\n", " https://a",
        "https://a b", "//a", "https:/a", "javascript:alert(1)",
        "https://" + String(repeating: "a", count: OrganizationLimits.endpoint),
    ])
    func `invalid endpoints are refused by document and domain`(_ text: String) throws {
        #expect(try !accepts(rule("endpoint"), text) && !takes("endpoint", text))
    }

    @Test(arguments: ["managed", "external", "Managed", ""])
    func `mode rules agree with the domain`(_ mode: String) throws {
        let member = try #require(NewStorageConfigBody.members.first { $0.name == "mode" })
        let bucket = NewExternalStorageBody(
            provider: "s3", endpoint: "https://a", bucket: "abc", region: "x", accessKeyId: "id",
            secretAccessKey: "secret")
        let takes = isAccepted { () throws(Fault) in
            _ = try StorageDraft(mode: mode, external: mode == "managed" ? nil : bucket)
        }
        #expect(try accepts(member.rule, mode) == takes)
    }

    @Test(
        arguments: Texts.all + [
            "rol_", "rol_x", " rol_x", "\u{3000}rol_x", "role", "xrol_", "rol-",
        ])
    func `role name rules agree with the domain`(_ text: String) throws {
        let takes = isAccepted { () throws(Fault) in _ = try RoleUpdate(name: text) }
        for members in [NewRoleBody.members, RolePatchBody.members] {
            let member = try #require(members.first { $0.name == "name" })
            #expect(try accepts(member.rule, text) == takes)
        }
    }

    @Test func `role scope rules agree with the domain`() throws {
        let rule = try #require(NewRoleBody.members.first { $0.name == "scopes" }).rule
        guard case .each(let item)? = rule.items else { throw Fault.notFound }
        for scope in Scopes.known.sorted() + ["*", "", "org:Write"] {
            let takes = isAccepted { () throws(Fault) in _ = try RoleUpdate(scopes: [scope]) }
            #expect(try accepts(item, scope) == takes, "\(scope)")
        }
        for count in 0...(RoleScope.allCases.count + 1) {
            let scopes = Array(repeating: "org:write", count: count)
            let takes = isAccepted { () throws(Fault) in _ = try RoleUpdate(scopes: scopes) }
            #expect(rule.count?.contains(count) == takes, "\(count)")
        }
    }

    @Test(arguments: Texts.all)
    func `organization name and slug rules agree with the domain`(_ text: String) throws {
        for (member, takes) in [
            ("name", isAccepted { () throws(Fault) in _ = try OrganizationDraft(name: text) }),
            (
                "slug",
                isAccepted { () throws(Fault) in _ = try OrganizationDraft(name: "x", slug: text) }
            ),
        ] {
            for members in [NewOrganizationBody.members, OrganizationPatchBody.members] {
                let rule = try #require(members.first { $0.name == member }).rule
                #expect(try accepts(rule, text) == takes, "\(member)")
            }
        }
    }
}
