import InvitationsContract
import Kernel
import SQLite
import TestSupport
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// How SQLite finds what is asked about workspaces: never by reading a table that grows.
@Suite struct WorkspacePlanTests {
    let world: World
    let ada: Caller
    let lab: Workspace
    let invitation: WorkspaceInvitation

    init() async throws {
        world = try World(explains: true)
        ada = world.user("ada")
        lab = try await world.workspace(by: ada)
        invitation = try await world.invite("bob@example.com", into: lab, by: ada)
    }

    private func explain<T>(
        _ body: (PlanReader) throws -> Void, _ look: (PlanReader) throws -> T
    ) throws -> T {
        try world.database.read { db in
            let reader = PlanReader(db)
            try body(reader)
            return try look(reader)
        }
    }

    /// Jobs are few: a query that leaves out what is being deleted looks at all of a kind, and one
    /// that leaves out what a user has lost looks for theirs.
    private static func isNoJob(_ step: String) -> Bool {
        !["LIST SUBQUERY", "SCALAR SUBQUERY", "CORRELATED SCALAR SUBQUERY"].contains {
            step.hasPrefix($0)
        }
            && ![
                "SEARCH jobs USING COVERING INDEX jobs_of_subject (kind=?)",
                "SEARCH jobs USING COVERING INDEX jobs_of_subject (kind=? AND subject=?)",
                "SEARCH regrants USING PRIMARY KEY (grantee=? AND thing=?)",
            ].contains(step)
    }

    /// Beyond the end, as the last page is not counted.
    private let page = PageRequest(page: 2)

    /// A page is one range of one index, in its order: nothing is scanned or sorted to find it, and
    /// no row is looked at that is not on it. A list that is bounded is counted from that index.
    /// - Parameter counted: the steps that count one that is not.
    private func expectPage(
        _ search: String, counted: [String]? = nil, _ body: (PlanReader) throws -> Void
    ) throws {
        try explain(body) { reader in
            let all = reader.steps.map(\.detail).filter(Self.isNoJob)
            #expect(
                reader.steps(inside: "CO-ROUTINE page").filter(Self.isNoJob) == [search],
                "\(all)")
            // What is known of the page is put in order at last: at most a hundred rows.
            let scans = all.filter { $0.contains("SCAN ") && $0 != "SCAN CONSTANT ROW" }
            #expect(scans == ["SCAN page"], "\(all)")
            let counting = reader.stepsBesidePage.filter(Self.isNoJob)
            #expect(
                counting.filter { $0.hasPrefix("SEARCH") } == counted ?? [search], "\(all)")
        }
    }

    @Test func `a page of pending invitations is read in order from an index`() throws {
        let now = world.clock.now()
        try expectPage(
            "SEARCH workspace_invitations USING COVERING INDEX pending_of_workspace "
                + "(workspace_id=?)"
        ) {
            _ = try WorkspaceInvitationStore.openPage(to: lab.id, at: now, page, in: $0)
        }
        try expectPage(
            "SEARCH workspace_invitations USING COVERING INDEX pending_of_inviter "
                + "(invited_by=? AND workspace_id=?)"
        ) {
            _ = try WorkspaceInvitationStore.openPage(
                to: lab.id, by: ada.userId, at: now, page, in: $0)
        }
    }

    @Test(arguments: [nil, WorkspaceInvitationStatus.pending, .expired, .accepted])
    func `a page of received invitations is read in order from an index`(
        _ status: WorkspaceInvitationStatus?
    ) throws {
        try expectPage(
            "SEARCH workspace_invitations USING COVERING INDEX workspace_invitations_to (email=?)",
            counted: [
                "SEARCH kept_counts USING PRIMARY KEY (list=? AND holder=?)",
                "SEARCH workspace_invitations USING COVERING INDEX pending_workspace_to "
                    + "(email=? AND expires_at<?)",
                "SEARCH i USING COVERING INDEX workspace_invitations_of "
                    + "(workspace_id=? AND email=?)",
            ]
        ) {
            _ = try WorkspaceInvitationStore.page(
                to: "bob@example.com", status, at: world.clock.now(), page, in: $0)
        }
    }

    @Test func `a page of members or workspaces is read in order from an index`() throws {
        try expectPage(
            "SEARCH workspace_members USING COVERING INDEX members_of_workspace (workspace_id=?)"
        ) { _ = try WorkspaceMemberStore.page(of: lab.id, page, in: $0) }
        try expectPage(
            "SEARCH workspace_members USING PRIMARY KEY (user_id=?)",
            counted: [
                // Only of a user whose removal runs.
                "SEARCH workspace_members USING PRIMARY KEY (user_id=?)",
                "SEARCH kept_counts USING PRIMARY KEY (list=? AND holder=?)",
            ]
        ) {
            _ = try WorkspaceStore.page(of: ada.userId, page, in: $0)
        }
    }

    @Test func `expired invitations are found by one range of one index`() throws {
        let plan = try explain {
            _ = try WorkspaceInvitationStore.due(200, at: world.clock.now(), in: $0)
        } _: {
            $0.steps.map(\.detail)
        }
        #expect(
            plan == [
                "SEARCH workspace_invitations USING INDEX pending_workspace_by_expiry "
                    + "(expires_at<?)"
            ])
    }

    @Test func `all other queries use keys`() throws {
        let (now, store) = (world.clock.now(), WorkspaceInvitationStore.self)
        let plan = try explain { db in
            _ = try store.find(invitation.id, in: db)
            _ = try store.pending(of: invitation.email, to: lab.id, in: db)
            _ = try store.pending(to: lab.id, in: db)
            _ = try store.pending(to: lab.id, by: ada.userId, in: db)
            _ = try store.open(by: ada.userId, at: now, in: db)
            _ = try store.isMember(invitation.email, of: lab.id, since: now, in: db)
            _ = try store.pendingCount(of: lab.id, in: db)
            _ = try WorkspaceMemberStore.count(of: lab.id, in: db)
            _ = try WorkspaceMemberStore.find(ada.userId, of: lab.id, in: db)
            _ = try WorkspaceMemberStore.all(of: lab.id, in: db)
            _ = try WorkspaceMemberStore.any(for: ada.userId, in: db)
            _ = try WorkspaceStore.find(lab.id, in: db)
            _ = try WorkspaceStore.find(lab.id, of: ada.userId, in: db)
        } _: {
            $0.steps.map(\.detail).filter(Self.isNoJob)
        }
        #expect(plan.count >= 14)
        #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(plan)")
        // How many a user has pending is counted from an index alone.
        #expect(
            plan.contains(
                "SEARCH workspace_invitations USING COVERING INDEX pending_of_inviter "
                    + "(invited_by=?)"), "\(plan)")
    }

    /// Of statements that change something there is no reader to ask: in every other test a whole
    /// table's read fails as the statement is prepared, and these run all of them.
    @Test func `no write scans a whole table`() async throws {
        let strict = try World()
        let (ada, bob) = (strict.user("ada"), strict.user("bob"))
        let lab = try await strict.workspace(by: ada)
        let bobs = try await strict.member(bob, of: lab, by: ada)
        try await strict.set(.write, of: bob, in: lab, by: ada)
        try await strict.invite("carol@example.com", into: lab, by: ada)
        try await strict.database.write { tx in
            try WorkspaceInvitationStore.settle(bobs.mailId ?? "", as: .sent, in: tx)
            try WorkspaceStore.update(lab, in: tx)
            let found = try WorkspaceMemberStore.find(bob.userId, of: lab.id, in: tx)
            if let found { try WorkspaceMemberStore.delete(found, in: tx) }
            try WorkspaceStore.delete(lab.id, in: tx)
            _ = try WorkspaceInvitationStore.deleteSome(to: lab.id, limit: 9, in: tx)
        }
        let found = try strict.find(lab)
        #expect(try found == nil && strict.find(bobs) == nil && strict.members(of: lab).isEmpty)
    }
}
