import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

@Suite struct ExportTests {
    @Test func `every table with users is exported, or left with a reason`() throws {
        try ExportTrial.expectComplete(ExportedData.all, migrations: invitationsMigrations)
    }

    @Test func `an export has what a user was given, sent and received, without secrets`()
        async throws
    {
        let world = try World()
        let (ada, bob) = (world.user("ada"), world.user("bob"))
        let entity = world.entity(by: ada)
        let invitation = try await world.invite("bob@example.com", to: entity, by: ada)
        try await world.accept(invitation, by: bob)
        let workspace = try await world.workspace(by: ada)
        try await world.invite("bob@example.com", into: workspace, by: ada)
        _ = try await world.webhook(by: ada)
        func export(_ caller: Caller, _ email: String) throws -> [String: [JSONValue]] {
            try ExportTrial.rows(
                of: caller.userId, email: email, ExportedData.all, in: world.database)
        }
        let bobs = try export(bob, "bob@example.com")
        #expect(bobs["invitationsReceived"]?.map { $0["id"]?.string } == [invitation.id])
        #expect(bobs["collaborations"]?.map { $0["entityId"]?.string } == [entity])
        #expect(bobs["workspaceInvitationsReceived"]?.count == 1)
        #expect(bobs["webhooks"]?.isEmpty == true && bobs["workspaces"]?.isEmpty == true)
        let adas = try export(ada, "ada@example.com")
        #expect(adas["invitationsSent"]?.count == 1)
        #expect(adas["workspaceInvitationsSent"]?.count == 1)
        #expect(adas["workspaces"]?.map { $0["name"]?.string } == ["Lab"])
        #expect(adas["webhooks"]?.first?["secret"] == nil)
        #expect(adas["webhooks"]?.first?["url"]?.string == "https://hooks.example/in")
        #expect(adas["auditBy"]?.isEmpty == false && bobs["auditAbout"]?.isEmpty == false)
    }
}
