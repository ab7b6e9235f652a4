import FoundationEssentials
import Kernel
import SCIM
import TestSupport
import Testing

@testable import Gateway

@Suite struct SCIMBulkTests {
    private func bulk(
        _ world: GatewayWorld, _ operations: String, _ more: String = ""
    ) async throws -> RawResponse {
        try await SCIMClient(world: world).send(
            "POST", "/Bulk",
            #"{"schemas":["\#(SCIMURN.bulkRequest)"],"Operations":[\#(operations)]\#(more)}"#)
    }

    private func statuses(_ answer: RawResponse) -> [String] {
        (answer.json?["Operations"]?.items ?? []).compactMap { $0["status"]?.string }
    }

    private func create(_ bulkId: String, _ userName: String) -> String {
        #"{"method":"POST","path":"/Users","bulkId":"\#(bulkId)","#
            + #""data":{"userName":"\#(userName)"}}"#
    }

    @Test func `operations are done each by itself, and refer to each other`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let answer = try await bulk(
                world,
                // Before what it refers to.
                #"{"method":"PATCH","path":"/Users/bulkId:a","data":{"Operations":[{"op":"add","#
                    + #""path":"displayName","value":"Ada"}]}},"#
                    + create("a", "ada@example.com") + "," + create("b", "ADA@example.com") + ","
                    + create("c", "none") + "," + create("d", "grace@example.com") + ","
                    + #"{"method":"DELETE","path":"/Users/bulkId:d"},"#
                    + #"{"method":"DELETE","path":"/Users/bulkId:b"},"#
                    + #"{"method":"PUT","path":"/Nothing/x","data":{}}"#)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(statuses(answer) == ["200", "201", "409", "400", "201", "204", "409", "404"])
            let operations = answer.json?["Operations"]?.items ?? []
            #expect(operations[1]["bulkId"]?.string == "a")
            #expect(operations[2]["response"]?["scimType"]?.string == "uniqueness")
            let location = try #require(operations[1]["location"]?.string)
            let shown = try await client.send("GET", String(location.dropFirst("/scim/v2".count)))
            #expect(shown["displayName"] == "Ada")
            #expect(operations[0]["version"]?.string == shown.field("etag"))
            #expect(
                try await client.find("userName pr") == [
                    "root@example.com", "ada@example.com",
                ])
        }
    }

    @Test func `after as many errors as are allowed, the rest is left undone`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let answer = try await bulk(
                world,
                create("a", "a@example.com") + "," + create("b", "b") + ","
                    + create("c", "c") + "," + create("d", "d@example.com"),
                #","failOnErrors":2"#)
            #expect(statuses(answer) == ["201", "400", "400"])
            #expect(try await client.find(#"userName eq "d@example.com""#).isEmpty)
        }
    }

    @Test func `an operation for another version has no effect`() async throws {
        try await withGateway { world in
            let client = SCIMClient(world: world)
            let id = try await client.create("ada@example.com")
            let tag = try #require(try await client.send("GET", "/Users/\(id)").field("etag"))
            func put(_ version: String, _ name: String) -> String {
                let quoted = version.replacing("\"", with: "\\\"")
                return #"{"method":"PUT","path":"/Users/\#(id)","version":"\#(quoted)","data":"#
                    + #"{"userName":"ada@example.com","displayName":"\#(name)"}}"#
            }
            let answer = try await bulk(world, put(tag, "One") + "," + put(tag, "Two"))
            #expect(statuses(answer) == ["200", "412"])
            #expect(try await client.send("GET", "/Users/\(id)")["displayName"] == "One")
            let metrics = try await world.inner.call("GET", "/metrics").text
            #expect(metrics.contains(#"latchkey_scim_bulk_operations_total{status="2xx"} 1"#))
            #expect(metrics.contains(#"latchkey_scim_bulk_operations_total{status="4xx"} 1"#))
        }
    }

    @Test func `more than a hundred operations are too many`() async throws {
        try await withGateway { world in
            let one = #"{"method":"DELETE","path":"/Users/x"}"#
            let many = Array(repeating: one, count: 101).joined(separator: ",")
            let answer = try await bulk(world, many)
            #expect(answer.status == 413 && answer.json?["status"]?.string == "413")
            #expect(try await bulk(world, "").scimType == "invalidSyntax")
        }
    }
}
