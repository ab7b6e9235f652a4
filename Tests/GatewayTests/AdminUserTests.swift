import Contract
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing
import WriteKit

@testable import Gateway

@Suite struct AdminUserTests {
    @Test func `users are listed for people and for programs`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            _ = try await world.user("bob")
            let table = await world.admin("users", "list")
            #expect(table.exit == .ok && table.errors.isEmpty)
            #expect(table.lines.count == 4)
            #expect(table.lines[0].hasPrefix("ID") && table.lines[2].hasPrefix(ann.id))
            let found = await world.admin("users", "list", "--search", "ann@", "--json")
            guard case .array(let items) = found.json else {
                Issue.record("no array: \(found.output)")
                return
            }
            #expect(items.map { $0["id"] } == [.string(ann.id)])
            let cut = await world.admin("users", "list", "--limit", "1")
            #expect(cut.lines.count == 2 && cut.errors.contains("1 of 3 users"))
            let none = await world.admin("users", "list", "--search", "nobody", "--json")
            #expect(none.output == "[]\n")
        }
    }

    @Test func `a list of several pages is printed without gaps`() async throws {
        try await withGateway { world in
            for number in 1...101 { _ = try await world.user("user\(number)") }
            let all = await world.admin("users", "list", "--limit", "0")
            #expect(Set(all.lines.dropFirst().map { $0.prefix(30) }).count == 102)
            let cut = await world.admin("users", "list", "--limit", "101")
            #expect(cut.lines.count == 102)
        }
    }

    @Test func `a user is found by id, address, username and external id`() async throws {
        try await withGateway { world in
            let ann = try await world.user("ann")
            _ = try await world.api.call(
                "PATCH", "/api/users/\(ann.id)", token: adminToken,
                body: #"{"externalId": "crm/1-ä"}"#)
            for name in [ann.id, " ANN@example.com", "ann", "ext:crm/1-ä"] {
                let shown = await world.admin("users", "show", name)
                #expect(shown.exit == .ok && shown.output.contains(ann.id), "\(name): \(shown)")
            }
            for name in ["usr_01M7YT9ZHG03RWMAMRKZ5XW0YM", "x@example.com", "x", "ext:x"] {
                let none = await world.admin("users", "show", name)
                #expect(none.exit == .noUser && none.errors.contains("no user \(name)"))
            }
        }
    }

    @Test func `an admin is created with a token that works`() async throws {
        try await withGateway { world in
            let made = await world.admin(
                "users", "create", "--admin", "--email", "Ops@Example.com", "--token")
            #expect(made.exit == .ok, "\(made.errors)")
            // Alone on the standard output, so that it can be piped.
            let token = made.output.trimmingNewline
            let me = try await world.api.call("GET", "/api/me", token: token)
            #expect(me["email"] == "ops@example.com" && me["role"] == "admin")
            #expect(me["username"] == "ops" && !made.errors.contains(token))
        }
    }

    @Test func `a username that is taken gets a number`() async throws {
        try await withGateway { world in
            _ = try await world.user("ann")
            let other = await world.admin("users", "create", "--email", "ann@example.org", "--json")
            #expect(other.json?["username"] == .string("ann2"))
            let given = await world.admin(
                "users", "create", "--email", "ann@example.net", "--username", "ann")
            #expect(given.exit == .data && given.errors.contains("username"))
            let again = await world.admin("users", "create", "--email", "ann@example.com")
            #expect(again.exit == .data && again.errors.contains("address"))
            let wrong = await world.admin("users", "create", "--email", "ann")
            #expect(wrong.exit == .data)
        }
    }

    @Test func `suspending a user ends their tokens at the next request`() async throws {
        try await withGateway(loops: 4) { world in
            let ann = try await world.user("ann")
            for _ in 0..<8 {
                #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 200)
            }
            let suspended = await world.admin("users", "suspend", "ann")
            #expect(suspended.output.contains("suspended"))
            for _ in 0..<8 {
                let refused = try await world.api.call("GET", "/api/me", token: ann.token)
                #expect(refused.code == "user_suspended")
            }
            #expect(await world.admin("users", "unsuspend", "ann").exit == .ok)
            #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 200)
        }
    }

    @Test func `the last platform admin stays one`() async throws {
        try await withGateway { world in
            let last = await world.admin("users", "role", "root@example.com", "member")
            #expect(last.exit == .data && last.errors.contains("admin"), "\(last.errors)")
            #expect(await world.admin("users", "suspend", "root@example.com").exit == .data)
            _ = try await world.user("ann")
            #expect(await world.admin("users", "role", "ann", "admin").exit == .ok)
            #expect(await world.admin("users", "role", "root@example.com", "member").exit == .ok)
            #expect(await world.admin("users", "role", "ann", "owner").exit == .data)
        }
    }

    @Test func `what the operator does is in the audit as the operator's`() async throws {
        try await withGateway { world in
            _ = try await world.user("ann")
            _ = await world.admin("users", "suspend", "ann")
            _ = await world.admin("tokens", "create", "ann", "--name", "new")
            let entries = try world.service.database.read {
                try AuditStore.tail(
                    AuditTailQuery(filter: AuditFilter(actorId: "operator"), limit: 10), in: $0)
            }.entries
            #expect(entries.map(\.action) == ["token.created", "user.suspended"])
            #expect(entries.allSatisfy { $0.tokenId == nil && $0.requestId != nil })
        }
    }
}

extension String {
    var trimmingNewline: String { last == "\n" ? String(dropLast()) : self }
}
