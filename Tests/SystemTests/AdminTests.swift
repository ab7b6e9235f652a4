import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct AdminTests {
    @Test func `the commands of a running system reach all five services`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        func run(_ arguments: String...) async throws -> (code: Int32?, text: String) {
            let process = try RunningProcess(
                "gateway", stack.environment(stack.gatewayPort),
                log: URL(fileURLWithPath: stack.folder.path + "/admin.log"),
                arguments: ["admin"] + arguments)
            return (await process.ended(within: 20), process.text)
        }
        let verified = try await run("verify")
        #expect(verified.code == 0, "\(verified.text)")
        let outboxes = try await run("outboxes")
        #expect(outboxes.code == 0, "\(outboxes.text)")
        for service in LiveStack.Service.allCases {
            #expect(verified.text.contains(service.rawValue))
            #expect(outboxes.text.contains(service.rawValue))
        }
        let webhooks = try await run("webhooks", "failing")
        #expect(webhooks.code == 0 && webhooks.text.contains("No webhook fails."))
        let audit = try await run("audit", "export")
        #expect(audit.code == 0 && audit.text.contains("user.created"), "\(audit.text)")
        let list = try await run("users", "list")
        #expect(list.code == 0 && list.text.contains(" admin "), "\(list.text)")
        await stack.killAll()
    }

    @Test func `a user's export has a part of each service`() async throws {
        let stack = try await LiveStack()
        try await stack.start()
        let me = try await stack.api.call("GET", "/api/me", token: stack.adminToken)
        let id = try #require(me["id"])
        let entity = try await stack.api.call(
            "POST", "/api/entities", token: stack.adminToken,
            body: #"{"name": "Board", "type": "app"}"#)
        let export = try await stack.api.call(
            "GET", "/api/users/\(id)/export", token: stack.adminToken)
        #expect(export.status == 200, "\(export.text)")
        for service in LiveStack.Service.allCases {
            #expect(export.json?[service.rawValue]?["auditBy"] != nil, "\(service)")
        }
        let owned = export.json?["entities"]?["entities"]?.items.map { $0["id"]?.string }
        #expect(owned == [entity["id"]])
        await stack.killAll()
    }
}
