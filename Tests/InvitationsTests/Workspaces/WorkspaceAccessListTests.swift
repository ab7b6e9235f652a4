import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// `GET /api/v2/workspaces?userId=`.
@Suite struct WorkspaceAccessListTests {
    @Test func `platform admins list the workspaces of anybody, others only their own`()
        async throws
    {
        let people = try await Peopled()
        let (world, ada, bob) = (people.world, people.ada, people.bob)
        let root = world.admin()
        func list(_ userId: String, by caller: Caller) throws -> [String] {
            let page = try world.workspaces.listWorkspaces(of: userId, PageRequest(), by: caller)
            #expect(page.total == page.items.count)
            return page.items.map { "\($0.workspace.name) \($0.permissions.rawValue)" }
        }
        #expect(try list(ada.userId, by: root) == ["Lab owner"])
        #expect(try list(bob.userId, by: root) == list(bob.userId, by: bob))
        #expect(try list("usr_unknown", by: root).isEmpty)
        let refused = try await world.refusal { try list(ada.userId, by: bob) }
        #expect(refused == .insufficientScope(["access:check"]))
        try await world.database.write {
            try SuspendedUsers.set(ada.userId, isSuspended: true, in: $0)
        }
        #expect(try list(ada.userId, by: root).isEmpty)
    }
}
