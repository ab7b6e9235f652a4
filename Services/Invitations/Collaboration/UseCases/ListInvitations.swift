import Contract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite

/// An invitation, and what its invitee can learn of its entity and inviter.
struct ReceivedInvitation: Sendable {
    let invitation: Invitation
    let entityName: String?
    let inviter: UserProfile?
}

extension InvitationsUseCases {
    /// Those to an entity, newest first.
    func listInvitations(
        to entityId: String, _ status: InvitationStatus?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<Invitation> {
        try await admit(caller, to: .manageInvitations, on: entityId)
        return try database.read {
            try InvitationStore.page(of: entityId, status, page, in: $0)
        }
    }

    /// Those to the caller's address, newest first.
    func listMine(
        _ status: InvitationStatus?, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<ReceivedInvitation> {
        guard let user = try await directory.profile(of: caller.userId) else {
            return Page([], page, total: 0)
        }
        let found = try database.read { reader in
            try InvitationStore.page(to: user.email, status, page, in: reader).map {
                (invitation: $0, name: try name(in: $0, for: user.id, reader))
            }
        }
        let named = found.items.filter { $0.name != nil }.map(\.invitation.invitedBy)
        let inviters = try await directory.profiles(of: named)
        return found.map { one in
            ReceivedInvitation(
                invitation: one.invitation, entityName: one.name,
                inviter: one.name == nil ? nil : inviters[one.invitation.invitedBy])
        }
    }

    /// The entity's name, for the invitee. Nil after an invitation has ended without access:
    /// somebody who has none must not learn later names.
    private func name(
        in invitation: Invitation, for userId: String, _ db: some Queryable
    ) throws -> String? {
        let isShown =
            switch invitation.status(at: clock.now()) {
            case .pending: true
            case .accepted:
                try CollaboratorStore.find(userId, of: invitation.entityId, in: db) != nil
            case .expired, .revoked: false
            }
        guard isShown,
            let entity = try KnownEntityStore.find(invitation.entityId, in: db),
            !entity.name.isEmpty
        else { return nil }
        return entity.name
    }

    func getInvitation(
        _ id: String, to entityId: String, by caller: Caller
    ) async throws -> Invitation {
        try await admit(caller, to: .manageInvitations, on: entityId)
        return try database.read { try Self.find(id, to: entityId, in: $0) }
    }

    static func find(
        _ id: String, to entityId: String, in db: some Queryable
    ) throws -> Invitation {
        guard let invitation = try InvitationStore.find(id, in: db),
            invitation.entityId == entityId
        else { throw Fault.notFound }
        return invitation
    }
}
