import Contract
import Foundation
import Kernel
import TestSupport
import Testing

@testable import OpenAPI

/// What requests can name by external ids, and how the document says it.
@Suite struct NamedTests {
    private static let nameable = ["user", "entity", "organization", "integration", "workspace"]

    /// Every member that a request's body has, those of inner objects included.
    private static func members(of endpoint: Endpoint) throws -> [Member] {
        func members(of type: any Documented.Type) throws -> [Member] {
            try Recorder.properties(of: type).flatMap { property -> [Member] in
                let own = type.members.filter { $0.name == property.name }
                switch property.shape {
                case .object(let inner), .array(.object(let inner)):
                    return try own + members(of: inner)
                default: return own
                }
            }
        }
        return try endpoint.documentation.body.map { try members(of: $0.type) } ?? []
    }

    @Test func `whatever a request names by id can be named by an external id`() throws {
        let names = Set(
            Self.nameable.flatMap { [$0 + "Id", $0 + "_id"] } + ["teamId", "actorId", "ownerId"])
        for endpoint in World.endpoints {
            let members = try Self.members(of: endpoint) + endpoint.documentation.query
            for member in members where names.contains(member.name) {
                #expect(member.rule.names != nil, "\(endpoint.id): \(member.name)")
            }
            let inPath = PathID.all(in: endpoint.path).map { $0?.names }
            let all = (inPath + members.map(\.rule.names)).compactMap(\.self)
            #expect(try endpoint.named() == Set(all), "\(endpoint.id)")
        }
    }

    @Test func `parameters of paths are documented as what their names mean`() throws {
        for group in World.groups {
            for endpoint in group.endpoints {
                for (name, id) in zip(endpoint.parameterNames, PathID.all(in: endpoint.path)) {
                    let member = try #require(group.path.first { $0.name == name })
                    #expect(member.rule.names == id?.names, "\(endpoint.id): \(name)")
                }
            }
        }
    }

    @Test(arguments: [
        ("usr_01M7YT9ZHG03RWMAMRKZ5XW0YM", true), ("ext:auth0|4711", true), ("ext:a/b", true),
        ("ext:", false), ("ext:a b", false), ("ext:usr_1", false), ("EXT:a", false), ("", false),
        ("usr_", false), ("user:ext:a", false),
        ("ext:" + String(repeating: "a", count: 256), false),
    ])
    func `an id or an external id is accepted by the pattern`(text: String, isAccepted: Bool) throws
    {
        #expect(try accepts(.id("usr_").naming(.user), text) == isAccepted)
    }

    @Test func `the patterns of other names take external ids as well`() throws {
        let uuid = Rule.uuid.naming(.workspace)
        #expect(try accepts(uuid, "019f7d9e-5bd8-7f02-9d34-6a1c0e8b2f57"))
        #expect(try accepts(uuid, "ext:1") && !accepts(uuid, "1"))
        let slug = Rule.slug.naming(.team)
        #expect(try accepts(slug, "crm") && accepts(slug, "ext:CRM"))
        #expect(try !accepts(slug, "CRM") && !accepts(slug, String(repeating: "a", count: 61)))
    }

    @Test func `operations that name users can be refused for unknown ones`() throws {
        let named = try World.endpoints.filter { try $0.named().contains(where: \.isUser) }
        #expect(named.count > 20)
        for endpoint in named where endpoint.access == .user {
            let causes = try Causes.all(of: Traits(endpoint, isForwarded: false))
            #expect(causes.contains(.tooManyUnknownUsers), "\(endpoint.id)")
        }
    }
}
