import Contract
import FoundationEssentials
import Kernel
import Testing

@testable import Entities

/// Jobs are stored as JSON, so that a version goes on with those of an earlier one.
@Suite struct StoredJobTests {
    private let actor = EventActor(Caller(userId: "usr_root", tokenId: "tok_1", requestId: "r-1"))
    private static let stored = #"{"userId":"usr_root","tokenId":"tok_1","requestId":"r-1"}"#

    private func job(_ json: String) throws -> EntitiesJob {
        try JSONDecoder().decode(EntitiesJob.self, from: Data(json.utf8))
    }

    @Test func `jobs that an earlier version stored are still read`() throws {
        let actor = Self.stored
        #expect(
            try job(#"{"dropUser":{"userId":"usr_1","admin":\#(actor)}}"#)
                == .removeUser(userId: "usr_1", admin: self.actor))
        #expect(
            try job(#"{"deleteEntity":{"entityId":"ent_1","actor":\#(actor)}}"#)
                == .deleteEntity(entityId: "ent_1", actor: self.actor))
        let deleted = try job(
            #"{"dropOrganization":{"_0":{"organizationId":"org_1","actor":\#(actor)}}}"#)
        #expect(deleted.subject == "org_1" && deleted.kind == "organization.deleted")
    }
}
