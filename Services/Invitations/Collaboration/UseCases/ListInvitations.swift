import Contract
import GatewayClient
import InvitationsContract
import Kernel
import SQLite

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
    ) async throws -> Page<Invitation> {
        guard let user = try await directory.profile(of: caller.userId) else {
            return Page([], page, total: 0)
        }
        return try database.read {
            try InvitationStore.page(to: user.email, status, page, in: $0)
        }
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
