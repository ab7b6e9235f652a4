import Contract
import FoundationEssentials
import GatewayContract
import HTTPCore
import HTTPServer
import Kernel
import SQLite
import ServiceKit
import Synchronization
import TestSupport
import Testing
import WriteKit

@testable import Gateway

/// `DELETE /api/users/{id}/access`, and the operation that it begins.
@Suite struct OffboardingTests {
    /// Two services that take events, and answer how far they are.
    private final class Services: Sendable {
        let logs = [Log<[Seen]>([]), Log<[Seen]>([])]
        private let replies = Mutex<[Int: OffboardingReply]>([:])

        func set(_ index: Int, _ counts: OffboardingCounts, finished: Timestamp?) {
            replies.withLock {
                $0[index] = OffboardingReply(counts: counts, finishedAt: finished)
            }
        }

        func events(_ index: Int) -> [InternalEvent] {
            logs[index].value.filter { $0.target == InternalEvent.deliver.path }.compactMap {
                try? JSONDecoder().decode(InternalEvent.self, from: Data($0.body))
            }
        }

        func answer(_ index: Int, _ target: String) -> Response {
            guard target == OffboardingRoutes.state.path else {
                return .json(InternalEvent.Receipt(applied: true))
            }
            return replies.withLock { $0[index] }.map { .json($0) } ?? Response(500)
        }
    }

    private func withServices(
        _ test: (GatewayWorld, Services) async throws -> Void
    ) async throws {
        let services = Services()
        var upstreams: [UpstreamUnderTest] = []
        for index in 0..<2 {
            upstreams.append(
                try await UpstreamUnderTest(
                    recording(services.logs[index]) { services.answer(index, Seen($0).target) }))
        }
        let started = upstreams
        try await ending {
            for upstream in started { await upstream.stop() }
        } after: {
            try await withGateway(entities: started[0].port, organizations: started[1].port) {
                try await test($0, services)
            }
        }
    }

    private func offboard(
        _ id: String, _ world: GatewayWorld, token: String = adminToken
    ) async throws -> RawResponse {
        try await world.api.call("DELETE", "/api/users/\(id)/access", token: token)
    }

    private func operation(_ id: String, _ world: GatewayWorld) async throws -> RawResponse {
        try await world.api.call("GET", "/api/operations/\(id)", token: adminToken)
    }

    @Test func `offboarding notifies all services, and leaves account and tokens as they are`()
        async throws
    {
        try await withServices { world, services in
            let ann = try await world.user("ann")
            let answer = try await offboard(ann.id, world)
            #expect(answer.status == 202, "\(answer.text)")
            let id = try #require(answer["operationId"])
            #expect(id.hasPrefix("opr_"))
            #expect(answer.field("location") == "/api/operations/\(id)")
            for index in 0..<2 {
                #expect(await eventually { services.events(index).count == 1 })
                let event = try #require(services.events(index).first)
                #expect(event.type == "user.offboarded")
                let fact = try event.fact(UserOffboarded.self)
                #expect(fact.operationId == id && fact.userId == ann.id)
                #expect(fact.email == "ann@example.com")
            }
            #expect(try await world.api.call("GET", "/api/me", token: ann.token).status == 200)
            let audit = try world.service.database.read {
                try AuditStore.page(AuditFilter(), PageRequest(size: 1), in: $0)
            }
            let entry = try #require(audit.items.first)
            #expect(entry.action == "user.offboarded" && entry.subject.id == ann.id)
            #expect(entry.after == ["operationId": .text(id)])
        }
    }

    @Test func `an operation is done when all services are, and adds up what they did`()
        async throws
    {
        try await withServices { world, services in
            let ann = try await world.user("ann")
            let id = try #require(try await offboard(ann.id, world)["operationId"])
            let first = try await operation(id, world)
            #expect(first.status == 200, "\(first.text)")
            #expect(first["state"] == "running", "no service responds")
            #expect(first.json?["finishedAt"] == .null && first["userId"] == ann.id)

            var counts = OffboardingCounts()
            counts.removed(.shares, 3)
            counts.passedOn(.entities)
            let early = world.clock.now().adding(seconds: 60)
            services.set(0, counts, finished: early)
            var more = OffboardingCounts()
            more.removed(.memberships, 2)
            services.set(1, more, finished: nil)
            let second = try await operation(id, world)
            #expect(second["state"] == "running")
            #expect(second.json?["removed"]?["shares"]?.int == 3)

            let late = early.adding(seconds: 5)
            services.set(1, more, finished: late)
            let third = try await operation(id, world)
            #expect(third["state"] == "done" && third["finishedAt"] == late.rfc3339)
            #expect(third.json?["removed"]?["memberships"]?.int == 2)
            #expect(third.json?["removed"]?["workspaces"]?.int == 0)
            #expect(third.json?["passedOn"]?["entities"]?.int == 1)
            // The clock of a service can be late.
            services.set(0, counts, finished: Timestamp(milliseconds: 1))
            services.set(1, more, finished: Timestamp(milliseconds: 2))
            let fourth = try await operation(id, world)
            #expect(fourth["finishedAt"] == fourth["startedAt"])
        }
    }

    @Test func `nobody offboards themselves, and unknown users and operations are not found`()
        async throws
    {
        try await withGateway { world in
            let me = try await world.api.call("GET", "/api/me", token: adminToken)
            let before = try world.rows()
            let own = try await offboard(try #require(me["id"]), world)
            #expect(own.status == 409 && own.code == "cannot_offboard_self")
            for id in ["usr_01JHMZ0000000000000000000A", "x"] {
                #expect(try await offboard(id, world).status == 404)
                #expect(
                    try await operation(id == "x" ? id : "opr_01JHMZ0000000000000000000A", world)
                        .status == 404)
            }
            #expect(try world.rows() == before)
        }
    }

    @Test func `a deletion and offboardings of the same user are sent in their order`() async throws
    {
        try await withServices { world, services in
            let ann = try await world.user("ann")
            async let first = offboard(ann.id, world)
            async let second = offboard(ann.id, world)
            async let deletion = world.api.call(
                "DELETE", "/api/users/\(ann.id)", token: adminToken)
            let statuses = [try await first.status, try await second.status]
            #expect(try await deletion.status == 204)
            // What comes after the deletion finds no user.
            #expect(statuses.allSatisfy { $0 == 202 || $0 == 404 })
            let expected =
                Array(repeating: "user.offboarded", count: statuses.count { $0 == 202 })
                + ["user.deleted"]
            for index in 0..<2 {
                #expect(await eventually { services.events(index).map(\.type) == expected })
            }
        }
    }
}
