import Contract
import Foundation
import Kernel
import OrganizationsContract
import Testing

@testable import EntitiesContract

/// What a rule's pattern and length say, and what Kernel decides, are the same.
@Suite struct RuleTests {
    @Test(arguments: Texts.all)
    func `names`(_ text: String) throws {
        let decided = isAccepted { () throws(Fault) in _ = try Text.name(text, pointer: "") }
        #expect(try accepts(.name(), text) == decided)
    }

    @Test(arguments: Texts.all)
    func `texts of several lines`(_ text: String) throws {
        let decided = isAccepted { () throws(Fault) in
            _ = try Text.optionalText(text, pointer: "")
        }
        #expect(try accepts(.text(), text) == decided)
    }

    @Test(arguments: Texts.all)
    func `usernames`(_ text: String) throws {
        let decided = isAccepted { () throws(Fault) in _ = try Text.username(text, pointer: "") }
        #expect(try accepts(.username, text) == decided)
    }

    @Test(arguments: Texts.all)
    func `slugs`(_ text: String) throws {
        #expect(try accepts(.slug, text) == Text.isSlug(text))
    }

    @Test(arguments: Texts.all + Texts.externalIds)
    func `external ids`(_ text: String) throws {
        let decided = isAccepted { () throws(Fault) in
            _ = try ExternalID.check(text, pointer: "")
        }
        #expect(try accepts(.externalId, text) == decided)
    }

    @Test(arguments: [
        "1.0.0", "0.0.0", "1.0", "1", "1.0.0-a", "1.0.0-01", "1.0.0-0a", "1.0.0+01", "1.0.0-a+b.c",
        "v1.0.0", "01.0.0", "1.0.0-", "1.0.0+", "1.0.0-a..b", "999999999999999999999.0.0", "1.0.0 ",
    ])
    func `versions`(_ text: String) throws {
        #expect(try accepts(.version, text) == (SemanticVersion(text) != nil))
    }

    @Test(arguments: [
        "ent_01M7YT9ZKE9AJC5YJET3QB85ZP", "ent_81M7YT9ZKE9AJC5YJET3QB85ZP", "ent_", "usr_x",
        "ent_01m7yt9zke9ajc5yjet3qb85zp", "ent_01M7YT9ZKE9AJC5YJET3QB85ZI",
    ])
    func `ids`(_ text: String) throws {
        #expect(try accepts(.id("ent_"), text) == IDMinter.isWellFormed(text, prefix: "ent_"))
    }

    @Test func `every example follows its own rule`() throws {
        let groups = World.groups.flatMap { $0.path + $0.endpoints.flatMap(\.documentation.query) }
        let bodies = World.endpoints.compactMap(\.documentation.body).flatMap { $0.type.members }
        for member in groups + bodies + NewExternalStorageBody.members {
            guard case .string(let example)? = member.example else { continue }
            #expect(try accepts(member.rule, example), "\(member.name): \(example)")
        }
    }
}
