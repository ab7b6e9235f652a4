import FoundationEssentials
import InvitationsContract
import Kernel
import SQLite

/// Writes what listeners hear of, in the transaction of its cause.
struct EventRecorder: Sendable {
    let ids: IDMinter

    /// - Parameters:
    ///   - subjectId: what it happened to; what happens to one thing is told in order.
    ///   - owner: who owned it at that moment, and hears of it.
    func tell(
        _ type: String, _ data: some Encodable, about subjectId: String, to owner: String,
        in tx: Transaction
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(data), as: UTF8.self)
        let event = try EventStore.add(
            type, id: ids.make("evt_"), about: subjectId, for: owner, data: json, in: tx)
        try DeliveryStore.fanOut(event, for: owner, in: tx)
    }
}

extension InvitationsUseCases {
    enum InvitationEvent {
        case sent
        case accepted
        case expired
        case revoked

        fileprivate var type: String {
            switch self {
            case .sent: InvitationEvents.sent
            case .accepted: InvitationEvents.accepted
            case .expired: InvitationEvents.expired
            case .revoked: InvitationEvents.revoked
            }
        }
    }

    private var teller: EventRecorder { EventRecorder(ids: ids) }

    /// - Parameter owner: the entity's, who hears of it.
    func tell(
        _ event: InvitationEvent, of invitation: Invitation, to owner: String,
        in tx: Transaction
    ) throws {
        let data = InvitationEventData(
            invitationId: invitation.id, entityId: invitation.entityId, email: invitation.email,
            role: invitation.role.rawValue, status: invitation.status.rawValue,
            invitedBy: invitation.invitedBy, expiresAt: invitation.expiresAt,
            emailSent: invitation.mailId != nil, userId: invitation.acceptedBy)
        try teller.tell(event.type, data, about: invitation.entityId, to: owner, in: tx)
    }

    func tell(
        added collaborator: Collaborator, to owner: String, in tx: Transaction
    ) throws {
        try tell(InvitationEvents.collaboratorAdded, of: collaborator, to: owner, in: tx)
    }

    func tell(
        removed collaborator: Collaborator, to owner: String, in tx: Transaction
    ) throws {
        try tell(InvitationEvents.collaboratorRemoved, of: collaborator, to: owner, in: tx)
    }

    private func tell(
        _ type: String, of collaborator: Collaborator, to owner: String, in tx: Transaction
    ) throws {
        let data = CollaboratorEventData(
            entityId: collaborator.entityId, userId: collaborator.userId,
            role: collaborator.role.rawValue)
        try teller.tell(type, data, about: collaborator.entityId, to: owner, in: tx)
    }
}
