import Contract
import FoundationEssentials
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import TestSupport
import Testing
import WriteKit

@testable import Gateway

@Suite struct DeletionEventTests {
    private func delete(_ world: GatewayWorld, _ account: Account) async throws -> Int {
        try await world.api.call("DELETE", "/api/users/\(account.id)", token: adminToken).status
    }

    private func backlog(_ world: GatewayWorld) throws -> Int {
        try world.service.database.read { try OutboxStore.backlog(of: "entities", in: $0).count }
    }

    /// Answers events with `statuses` in turn, then with 200.
    private func taker(_ log: Log<[Seen]>, _ statuses: [Int] = []) -> @Sendable (Exchange) -> Void {
        recording(log) { _ in
            let count = log.value.count
            let status = count <= statuses.count ? statuses[count - 1] : 200
            return .json(status, InternalEvent.Receipt(applied: true))
        }
    }

    @Test func `deletions are sent to the services, signed and in order`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(taker(log)) { world, _ in
            let users = [try await world.user("ann"), try await world.user("bob")]
            for user in users { #expect(try await delete(world, user) == 204) }
            #expect(await eventually { log.value.count >= 2 })
            let events = try log.value.map { seen in
                #expect(seen.target == "/internal/events" && seen.method == "POST")
                #expect(seen.values("latchkey-identity").count == 1)
                #expect(seen.values("authorization").isEmpty)
                return try JSONDecoder().decode(InternalEvent.self, from: Data(seen.body))
            }
            let deleted = try events.map {
                try JSONDecoder().decode(UserDeleted.self, from: Data($0.data.utf8))
            }
            #expect(deleted.map(\.userId) == users.map(\.id))
            #expect(events.allSatisfy { $0.type == "user.deleted" && $0.id.hasPrefix("evt_") })
            #expect(try await eventually { try backlog(world) == 0 })
        }
    }

    @Test func `a failed event is sent again with the same id`() async throws {
        let log = Log<[Seen]>([])
        try await withProxy(taker(log, [503, 500])) { world, _ in
            let ann = try await world.user("ann")
            #expect(try await delete(world, ann) == 204)
            #expect(try await eventually { try log.value.count >= 3 && backlog(world) == 0 })
            #expect(Set(log.value.map(\.body)).count == 1)
        }
    }

    @Test func `unsent events are sent after a restart`() async throws {
        let folder = try TemporaryFolder()
        try await withGateway(folder: folder) { world in
            let ann = try await world.user("ann")
            #expect(try await delete(world, ann) == 204)
            #expect(try backlog(world) == 1)
            let metrics = try await world.inner.call("GET", "/metrics").text
            #expect(metrics.contains("latchkey_outbox_depth{target=\"entities\"} 1\n"))
        }
        let log = Log<[Seen]>([])
        let upstream = try await UpstreamUnderTest(taker(log))
        try await withGateway(entities: upstream.port, folder: folder) { world in
            let isEmpty = try await eventually { try backlog(world) == 0 }
            #expect(isEmpty)
            #expect(log.value.count == 1)
        }
        await upstream.stop()
    }

    @Test func `a refused deletion emits no event`() async throws {
        try await withGateway { world in
            let me = try await world.api.call("GET", "/api/me", token: adminToken)
            let path = "/api/users/\(try #require(me["id"]))"
            #expect(try await world.api.call("DELETE", path, token: adminToken).status == 409)
            #expect(
                try await world.api.call("DELETE", "/api/users/x", token: adminToken).status == 404)
            #expect(try backlog(world) == 0)
        }
    }
}
