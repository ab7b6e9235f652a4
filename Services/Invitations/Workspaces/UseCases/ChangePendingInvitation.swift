import Contract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    /// A change of a pending invitation by its inviter or the workspace's owner.
    /// - Parameter body: gets the invitation and its people.
    func changePending<T: Sendable>(
        _ action: WorkspaceInvitationAction, _ id: String, by caller: Caller,
        _ body:
            @escaping @Sendable (Transaction, InvitationInWorkspace, InvitationPeople) throws -> T
    ) async throws -> PendingWrite<InvitationInWorkspace, T> {
        // Also for an unknown id: an outage must not reveal which ids exist.
        let known = try database.read { try WorkspaceInvitationStore.find(id, in: $0) }
        let profiles = try await directory.profiles(of: [
            caller.userId, known?.invitedBy ?? caller.userId,
        ])
        // For the language of the e-mail.
        let invited =
            if let known, action != .withdraw {
                try await directory.profiles(emails: [known.email], disclosedTo: nil)
            } else {
                [:] as [String: UserProfile]
            }
        let email = profiles[caller.userId]?.email ?? ""
        let admit: Admission<InvitationInWorkspace> = {
            try InvitationInWorkspace.admit(caller, email, to: action, id, $0)
        }
        return write(by: caller, admit: admit) { tx, placed in
            let people = InvitationPeople(
                inviter: profiles[placed.invitation.invitedBy] ?? .unknown(""),
                invitee: invited[placed.invitation.email])
            guard placed.invitation.isOpen(at: tx.now) else {
                throw WorkspaceInvitation.notPending(placed.invitation.status(at: tx.now))
            }
            return try body(tx, placed, people)
        }
    }
}

/// Who an e-mail with an invitation is from and to.
struct InvitationPeople: Sendable {
    let inviter: UserProfile
    /// Nil without an account.
    let invitee: UserProfile?
}
