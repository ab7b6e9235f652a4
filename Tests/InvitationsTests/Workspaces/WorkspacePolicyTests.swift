import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Permissions in workspaces as tables.
@Suite struct WorkspacePolicyTests {
    private static func verdict(_ body: () throws(Fault) -> Void) -> String {
        do {
            try body()
            return "ok"
        } catch {
            switch (error.kind, error.code) {
            case (.notFound, "not_found"): return "404"
            case (.forbidden, "workspace_owner_required"): return "owner"
            case (.forbidden, "inviter_or_owner_required"): return "inviter"
            case (.forbidden, "email_mismatch"): return "mismatch"
            case (.conflict, "owner_is_fixed"): return "fixed"
            default: return "\(error)"
            }
        }
    }

    /// In the order of `WorkspaceAction`.
    private static let table: [(WorkspacePermission?, String)] = [
        (.owner, "ok ok ok ok ok ok ok ok ok fixed ok"),
        (.write, "ok ok ok owner owner owner owner owner owner ok owner"),
        (.read, "ok ok ok owner owner owner owner owner owner ok owner"),
        (nil, "404 404 404 404 404 404 404 404 404 404 404"),
    ]

    @Test(arguments: Self.table)
    func `every action and permission is decided as in the table`(
        _ mine: WorkspacePermission?, _ row: String
    ) {
        let found = WorkspaceAction.allCases.map { action in
            Self.verdict { () throws(Fault) in try WorkspacePolicy.authorize(action, mine) }
        }
        #expect(found.joined(separator: " ") == row)
    }

    /// The actions are in the order of the table above.
    @Test func `the columns of the table are in order`() {
        #expect(
            WorkspaceAction.allCases == [
                .see, .listMembers, .listInvitations, .invite, .rename, .delete, .transfer,
                .changePermissions, .remove, .leave, .seeAudit,
            ])
        #expect(
            WorkspaceInvitationAction.allCases == [
                .answer, .changeExpiration, .resend, .withdraw,
            ])
    }

    /// In the order of `WorkspaceInvitationAction`, for each of the eight relations.
    private static let invitationTable: [(WorkspaceInvitationStanding, String)] = [
        (.init(), "mismatch 404 404 404"),
        (.init(isInvitee: true), "ok inviter inviter inviter"),
        (.init(isInviter: true), "mismatch ok ok ok"),
        (.init(isInvitee: true, isInviter: true), "ok ok ok ok"),
        (.init(isOwner: true), "mismatch ok ok ok"),
        (.init(isInvitee: true, isOwner: true), "ok ok ok ok"),
        (.init(isInviter: true, isOwner: true), "mismatch ok ok ok"),
        (.init(isInvitee: true, isInviter: true, isOwner: true), "ok ok ok ok"),
    ]

    @Test(arguments: Self.invitationTable)
    func `every relation to an invitation is decided as in the table`(
        _ standing: WorkspaceInvitationStanding, _ row: String
    ) {
        let found = WorkspaceInvitationAction.allCases.map { action in
            Self.verdict { () throws(Fault) in try WorkspacePolicy.authorize(action, standing) }
        }
        #expect(found.joined(separator: " ") == row)
    }

    @Test func `nobody can give more than they have, and non-members nothing`() {
        // For each permission, who can give it: no member, read, write, owner.
        let table: [(WorkspacePermission, [Bool])] = [
            (.read, [false, true, true, true]), (.write, [false, false, true, true]),
            (.owner, [false, false, false, true]),
        ]
        for (given, row) in table {
            let found = [nil, .read, .write, .owner].map {
                WorkspacePolicy.canGive(given, having: $0)
            }
            #expect(found == row, "\(given)")
        }
    }

    @Test func `permissions are ordered from read to owner`() {
        let ranked: [WorkspacePermission] = [.read, .write, .owner]
        #expect(ranked == WorkspacePermission.allCases.shuffled().sorted())
        for (index, one) in ranked.enumerated() {
            for (other, two) in ranked.enumerated() { #expect((one < two) == (index < other)) }
        }
    }

    @Test func `owners see all invitations, platform admins every audit`() {
        #expect(WorkspacePolicy.seesAllInvitations(.owner))
        #expect(!WorkspacePolicy.seesAllInvitations(.write))
        #expect(!WorkspacePolicy.seesAllInvitations(.read))
        #expect(WorkspacePolicy.canReadEveryAudit(Caller(userId: "usr_a", isAdmin: true)))
        #expect(!WorkspacePolicy.canReadEveryAudit(Caller(userId: "usr_a")))
    }
}
