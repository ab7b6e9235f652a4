import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Organizations

/// `GET /api/organizations?userId=`.
@Suite struct AccessListTests {
    @Test func `platform admins with access check list the organizations of anybody`() async throws
    {
        try await ServedOrganizations.run { served in
            let (ada, bob) = (served.user("ada"), served.user("bob"))
            let acme = try await served.organization(by: ada)
            func list(
                _ userId: String, scopes: [String] = ["access:check"], isAdmin: Bool = true
            ) async throws -> RawResponse {
                try await served.send(
                    "GET /api/organizations?userId=\(userId)",
                    as: served.user("root", scopes: scopes, isAdmin: isAdmin))
            }
            let found = try await list(ada.userId)
            #expect(found.status == 200 && found.json?["total"]?.int == 1)
            #expect(acme.hasSuffix(found.json?["items"]?[0]?["id"]?.string ?? "-"))
            #expect(found.json?["items"]?[0]?["role"]?.string == "owner")
            for other in [bob.userId, "usr_01JHMZ0000000000000000000A", "x"] {
                #expect(try await list(other).json?["total"]?.int == 0)
            }
            try await served.database.write {
                try SuspendedUsers.set(ada.userId, isSuspended: true, in: $0)
            }
            #expect(try await list(ada.userId).json?["total"]?.int == 0)
        }
    }

    @Test func `others list only their own, and learn nothing about other ids`() async throws {
        try await ServedOrganizations.run { served in
            let ada = served.user("ada")
            _ = try await served.organization(by: ada)
            let own = try await served.send("GET /api/organizations?userId=usr_ada", as: ada)
            #expect(own.status == 200 && own.json?["total"]?.int == 1)
            let callers = [
                served.user("bob"), served.user("root", scopes: ["org:write"], isAdmin: true),
            ]
            for caller in callers {
                for id in [ada.userId, "usr_01JHMZ0000000000000000000A"] {
                    let refused = try await served.send(
                        "GET /api/organizations?userId=\(id)", as: caller)
                    #expect(refused.status == 403 && refused.code == "insufficient_scope")
                }
            }
        }
    }
}
