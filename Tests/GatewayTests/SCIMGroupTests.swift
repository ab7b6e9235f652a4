import FoundationEssentials
import IntegrationsContract
import Kernel
import SCIM
import TestSupport
import Testing

@testable import Gateway

@Suite struct SCIMGroupTests {
    private func patch(_ operations: String) throws -> SCIMGroupPatch {
        let body = try JSONDecoder().decode(
            SCIMValue.self, from: Data(#"{"Operations":[\#(operations)]}"#.utf8))
        return try SCIMGroupPatch(try SCIMPatch(body))
    }

    private func members(_ operations: String) throws -> ProvisionedTeamCommand.Members {
        try patch(operations).members
    }

    @Test func `members of a PATCH are what is added and removed, as each provider says it`()
        throws
    {
        // Entra
        #expect(
            try members(#"{"op":"Add","path":"members","value":[{"value":"a"},{"value":"b"}]}"#)
                == .init(added: ["a", "b"]))
        #expect(
            try members(#"{"op":"Remove","path":"members","value":[{"value":"a"}]}"#)
                == .init(removed: ["a"]))
        #expect(
            try members(#"{"op":"remove","path":"members[value eq \"a\" or value eq \"b\"]"}"#)
                == .init(removed: ["a", "b"]))
        // Okta
        #expect(
            try members(#"{"op":"replace","path":"members","value":[{"value":"a","display":"A"}]}"#)
                == .init(added: ["a"], areAll: true))
        #expect(try members(#"{"op":"remove","path":"members"}"#) == .init(areAll: true))
        let named = try patch(#"{"op":"replace","value":{"id":"x","displayName":"New"}}"#)
        #expect(named.members == .init() && named.others?.operations.count == 2)
        #expect(
            try members(#"{"op":"add","value":{"members":[{"value":"a"}]}}"#) == .init(added: ["a"])
        )
    }

    @Test func `operations on members follow each other`() throws {
        let add = #"{"op":"add","path":"members","value":[{"value":"a"},{"value":"b"}]}"#
        let remove = #"{"op":"remove","path":"members[value eq \"a\"]"}"#
        #expect(try members("\(add),\(remove)") == .init(added: ["b"], removed: ["a"]))
        #expect(try members("\(remove),\(add)") == .init(added: ["a", "b"]))
        #expect(try members("\(add),\(add)") == .init(added: ["a", "b"]))
        let replace = #"{"op":"replace","path":"members","value":[{"value":"c"}]}"#
        #expect(try members("\(add),\(replace)") == .init(added: ["c"], areAll: true))
        #expect(
            try members("\(replace),\(add),\(remove)") == .init(added: ["c", "b"], areAll: true))
    }

    @Test func `what is no member is refused`() {
        for operation in [
            #"{"op":"add","path":"members","value":[{"value":"a","type":"Group"}]}"#,
            #"{"op":"add","path":"members","value":[{"display":"a"}]}"#,
            #"{"op":"replace","path":"members[value eq \"a\"].display","value":"x"}"#,
            #"{"op":"remove","path":"members[display co \"a\"]"}"#,
            #"{"op":"replace","path":"members[value eq \"a\"]","value":{"value":"b"}}"#,
        ] {
            #expect(throws: Fault.self) { try members(operation) }
        }
    }

    @Test func `without the service that has teams there are no groups`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let types = try await client.send("GET", "/ResourceTypes")
            #expect(types.json?["totalResults"] == .number(1))
            let groups = try await client.send("GET", "/Groups")
            #expect(groups.status == 404 && groups.json?["status"] == .string("404"))
        }
    }

    @Test func `a service that doesn't answer is 503, in SCIM's form`() async throws {
        try await withGateway(integrations: Ports.next()) { world in
            let client = SCIMClient(world: world)
            for (method, path, body): (String, String, String?) in [
                ("GET", "/Groups", nil), ("GET", "/Groups/x", nil),
                ("POST", "/Groups", #"{"displayName":"x"}"#), ("DELETE", "/Groups/x", nil),
            ] {
                let answer = try await client.send(method, path, body)
                #expect(answer.status == 503, "\(answer.text)")
                #expect(answer.json?["schemas"]?.items.first?.string == SCIMURN.error)
            }
        }
    }
}
