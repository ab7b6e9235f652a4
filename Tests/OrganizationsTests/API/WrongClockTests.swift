import Kernel
import TestSupport
import Testing

@testable import Organizations

/// A clock that was wrong for a while.
@Suite struct WrongClockTests {
    private func make(
        _ name: String, _ served: ServedOrganizations, _ fields: [String] = []
    ) async throws -> RawResponse {
        try await served.send(
            "POST /api/organizations", #"{"name":"\#(name)"}"#, as: served.user("ada"),
            fields: fields)
    }

    @Test(arguments: FakeClock.errors)
    func `after a wrong clock new rows have the right time and lists keep their order`(
        error: Int64
    ) async throws {
        try await ServedOrganizations.run { served in
            try await served.clock.expectRightTimes(after: error) {
                let list = try await served.send("GET /api/organizations", as: served.user("ada"))
                return (list.json?["items"]?.items ?? []).compactMap { $0["name"]?.string }
            } make: {
                try await make($0, served)
            }
        }
    }

    @Test(arguments: FakeClock.errors)
    func `an Idempotency-Key used under a wrong clock takes effect once`(error: Int64) async throws
    {
        try await ServedOrganizations.run { served in
            try await served.clock.expectOneEffect(after: error) {
                try await make("Once", served, $0)
            }
        }
    }
}
