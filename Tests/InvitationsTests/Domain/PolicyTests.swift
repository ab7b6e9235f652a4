import InvitationsContract
import Kernel
import Testing

@testable import Collaboration
@testable import Invitations
@testable import Inviting
@testable import PublicEvents
@testable import Workspaces

/// Permissions as a table.
@Suite struct PolicyTests {
    /// In the order of `InvitationAction`, for each of the eight relations to the entity.
    private static let table: [(Standing, String)] = [
        (Standing(), "404 404 404 404 404"),
        (Standing(isVisible: true), "403 403 403 404 403"),
        (Standing(isCollaborator: true), "403 ok 403 ok 403"),
        (Standing(isCollaborator: true, isVisible: true), "403 ok 403 ok 403"),
        (Standing(isOwner: true), "ok ok ok 409 ok"),
        (Standing(isOwner: true, isVisible: true), "ok ok ok 409 ok"),
        (Standing(isOwner: true, isCollaborator: true), "ok ok ok 409 ok"),
        (Standing(isOwner: true, isCollaborator: true, isVisible: true), "ok ok ok 409 ok"),
    ]

    private func verdict(_ action: InvitationAction, _ standing: Standing) -> String {
        do {
            try InvitationPolicy.authorize(action, standing)
            return "ok"
        } catch {
            switch error.code {
            case "not_found": return "404"
            case "entity_owner_required": return "403"
            case "cannot_remove_self": return "409"
            default: return error.code
            }
        }
    }

    @Test(arguments: Self.table)
    func `every action and relation to the entity is decided as in the table`(
        _ standing: Standing, _ row: String
    ) {
        let found = InvitationAction.allCases.map { verdict($0, standing) }
        #expect(found.joined(separator: " ") == row)
    }

    @Test func `only the current owner can invite`() {
        #expect(InvitationPolicy.canInvite("usr_ada", ownerId: "usr_ada"))
        #expect(!InvitationPolicy.canInvite("usr_ada", ownerId: "usr_bob"))
        #expect(!InvitationPolicy.canInvite("usr_ada", ownerId: nil))
    }

    @Test func `an overdue invitation has expired, whatever is stored`() {
        let time = Timestamp(milliseconds: 1_000)
        func invitation(_ status: InvitationStatus) -> Invitation {
            Invitation(
                id: "inv_1", entityId: "ent_1", email: "bob@example.com", role: .viewer,
                status: status, invitedBy: "usr_ada", message: nil, days: 7, expiresAt: time,
                createdAt: time)
        }
        let (before, after) = (Timestamp(milliseconds: 999), Timestamp(milliseconds: 1_001))
        #expect(invitation(.pending).status(at: before) == .pending)
        #expect(invitation(.pending).isOpen(at: before))
        for now in [time, after] {
            #expect(invitation(.pending).status(at: now) == .expired)
            #expect(!invitation(.pending).isOpen(at: now))
        }
        for status in [InvitationStatus.accepted, .revoked, .expired] {
            for now in [before, time, after] {
                #expect(invitation(status).status(at: now) == status)
                #expect(!invitation(status).isOpen(at: now))
            }
        }
    }
}
