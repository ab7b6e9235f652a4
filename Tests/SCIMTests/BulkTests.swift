import Kernel
import Testing

@testable import SCIM

@Suite struct BulkTests {
    private func bulk(_ operations: [SCIMValue], _ more: (String, SCIMValue)...) throws -> SCIMBulk
    {
        var body = SCIMObject([("Operations", .array(operations))])
        for (name, value) in more { body[name] = value }
        return try SCIMBulk(.object(body))
    }

    @Test func `an operation is read with what it refers to`() throws {
        let operation = try bulk([
            [
                "method": "post", "path": "/Groups", "bulkId": "g",
                "data": ["members": [["value": "bulkId:ada"], ["value": "usr_1"]]],
            ]
        ]).operations[0]
        #expect(operation.method == .post && operation.references == ["ada"])
        let resolved = operation.resolved(["ada": "usr_2"])
        #expect(resolved.data == ["members": [["value": "usr_2"], ["value": "usr_1"]]])
        #expect(resolved.references.isEmpty)
        let path = try bulk([
            ["method": "PATCH", "path": "/Users/bulkId:ada", "data": [:]]
        ]).operations[0]
        #expect(path.references == ["ada"])
        #expect(path.resolved(["ada": "usr_2"]).path == "/Users/usr_2")
    }

    @Test func `a malformed bulk request is refused`() {
        let post: SCIMValue = ["method": "POST", "path": "/Users", "bulkId": "a", "data": [:]]
        for operations: [SCIMValue] in [
            [], [["path": "/Users"]], [["method": "GET", "path": "/Users"]],
            [["method": "POST", "path": "/Users"]], [["method": "PUT"]], [post, post],
            Array(repeating: ["method": "DELETE", "path": "/Users/x"], count: 101),
        ] {
            #expect(throws: Fault.self) { try bulk(operations) }
        }
        #expect(throws: Fault.self) { try bulk([post], ("failOnErrors", 0)) }
        #expect(throws: Fault.self) { try bulk([post], ("schemas", ["urn:other"])) }
    }
}
