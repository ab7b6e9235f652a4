import Contract
import Kernel
import Mail
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// What the service does by itself.
@Suite struct SweepTests {
    @Test func `the sweep emits expiry events within seconds`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            let made = try await served.invite(
                "bob@example.com", to: id, by: ada, #","expires_in_days":1"#)
            served.clock.advance(seconds: 86_400)
            let database = served.database
            let isTold = await eventually(within: 20_000) {
                (try? database.hasEvent("invitation.expired")) == true
            }
            #expect(isTold)
            let path = "/api/v1/entities/\(id)/invitations"
            let list = try await served.send("GET \(path)?status=expired", as: ada)
            #expect(list.json?["data"]?[0]?["id"] == made["id"])
        }
    }

    @Test func `a pending e-mail is given up when its invitation expires`() async throws {
        try await ServedInvitations.run { served in
            let ada = served.user("ada")
            let id = served.entity(by: ada)
            served.mailbox.fail("bob@example.com", .init(.temporary, "later", code: 451))
            let made = try await served.invite(
                "bob@example.com", to: id, by: ada, #","expires_in_days":1"#)
            let (database, about) = (served.database, made["id"]?.string ?? "")
            let isTried = await eventually {
                let mail = try? database.read { try MailOutbox.latest(about: about, in: $0) }
                return mail?.attempts == 1
            }
            #expect(isTried)
            served.clock.advance(seconds: 2 * 86_400)
            let path = "/api/v1/entities/\(id)/invitations/\(made["id"]?.string ?? "")"
            let isOver = await eventually(within: 20_000) {
                (try? await served.send("GET \(path)", as: ada))?["email_status"] == "failed"
            }
            #expect(isOver)
            let found = try await served.send("GET \(path)", as: ada)
            #expect(found["email_error"] == "it expired before it was sent")
        }
    }
}
