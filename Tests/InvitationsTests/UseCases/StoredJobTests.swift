import Contract
import FoundationEssentials
import Kernel
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Jobs are stored as JSON, so that a version goes on with those of an earlier one.
@Suite struct StoredJobTests {
    private let actor = EventActor(Caller(userId: "usr_root", tokenId: "tok_1", requestId: "r-1"))
    private static let stored = #"{"userId":"usr_root","tokenId":"tok_1","requestId":"r-1"}"#

    private func job(_ json: String) throws -> InvitationsJob {
        try JSONDecoder().decode(InvitationsJob.self, from: Data(json.utf8))
    }

    @Test func `jobs that an earlier version stored are still read`() throws {
        let actor = Self.stored
        #expect(
            try job(#"{"dropUser":{"userId":"usr_1","admin":\#(actor)}}"#)
                == .user(.removeUser(userId: "usr_1", admin: self.actor)))
        #expect(
            try job(
                #"{"dropEntity":{"entityId":"ent_1","ownerId":"usr_1","actor":\#(actor)}}"#)
                == .collaboration(
                    .removeEntity(entityId: "ent_1", ownerId: "usr_1", actor: self.actor)))
        #expect(
            try job(#"{"deleteWorkspace":{"workspaceId":"w-1"}}"#)
                == .workspaces(.deleteWorkspace(workspaceId: "w-1")))
    }

    @Test func `a job of a part and the same job of all are stored alike`() throws {
        let part = WorkspacesJob.deleteWorkspace(workspaceId: "w-1")
        let all = InvitationsJob.workspaces(part)
        #expect(try SortedJSON.text(all) == SortedJSON.text(part))
        #expect(all.kind == part.kind && all.subject == part.subject)
    }
}
