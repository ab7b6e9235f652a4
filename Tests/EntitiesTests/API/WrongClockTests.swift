import Kernel
import TestSupport
import Testing

@testable import Entities

/// A clock that was wrong for a while.
@Suite struct WrongClockTests {
    @Test(arguments: FakeClock.errors)
    func
        `after a wrong clock is corrected, new rows have the right time and lists keep their order`(
            error: Int64
        ) async throws
    {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let make = { (name: String) in
                try await served.send(
                    "POST /api/entities", #"{"name":"\#(name)","type":"app"}"#, as: ada)
            }
            let early = try await served.clock.wrong(by: error) { try await make("Early") }
            #expect(early.status == 201)
            let now = served.clock.now().rfc3339
            let first = try await make("First")
            served.clock.advance(seconds: 1)
            let second = try await make("Second")
            #expect(first["createdAt"] == now)
            #expect(second["createdAt"] == served.clock.now().rfc3339)
            let list = try await served.send("GET /api/entities", as: ada)
            let names = (list.json?["items"]?.items ?? []).compactMap { $0["name"]?.string }
            #expect(names.filter { $0 != "Early" } == ["Second", "First"])
            #expect(names.count == 3)
        }
    }

    @Test(arguments: FakeClock.errors)
    func `an Idempotency-Key used under a wrong clock still has one effect`(error: Int64)
        async throws
    {
        try await ServedEntities.run { served in
            let ada = served.user("ada")
            let make = {
                let name = "Once"
                return try await served.send(
                    "POST /api/entities", #"{"name":"\#(name)","type":"app"}"#, as: ada,
                    fields: ["Idempotency-Key: k"])
            }
            let first = try await served.clock.wrong(by: error) { try await make() }
            let again = try await make()
            #expect(again.status == 201 && again["id"] == first["id"])
            #expect(again.field("idempotency-replayed") == "true")
        }
    }
}
