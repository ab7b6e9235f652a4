import Contract
import Kernel
import SQLite
import WriteKit

/// Work that can touch any number of rows. Names of cases and members are stored: they stay.
enum InvitationsJob: BackgroundJob, Equatable {
    /// The invitations and collaborators of a deleted entity.
    case removeEntity(entityId: String, ownerId: String, actor: EventActor)
    case removeUser(userId: String, admin: EventActor)
    /// The ended invitations to a deleted workspace.
    case deleteWorkspace(workspaceId: String)

    /// As stored by earlier versions.
    enum CodingKeys: String, CodingKey {
        case removeEntity = "dropEntity"
        case removeUser = "dropUser"
        case deleteWorkspace
    }

    var kind: String {
        switch self {
        case .removeEntity: "entity.deleted"
        case .removeUser: Self.userDeleted
        // Queries that hide such workspaces name this kind.
        case .deleteWorkspace: "workspace.deleted"
        }
    }

    static let userDeleted = "user.deleted"

    var subject: String {
        switch self {
        case .removeEntity(let entityId, _, _): entityId
        case .removeUser(let userId, _): userId
        case .deleteWorkspace(let workspaceId): workspaceId
        }
    }
}

extension InvitationsUseCases {
    var jobs: Jobs<InvitationsJob> {
        Jobs(rows: workspaces.jobRows) { [self] job, budget, tx in
            switch job {
            case .removeEntity(let entityId, let ownerId, let actor):
                try removeSome(
                    ofEntity: entityId, owner: ownerId, by: actor.caller, &budget, in: tx)
            case .removeUser(let userId, let admin):
                try removeSome(ofUser: userId, by: admin.caller, &budget, in: tx)
            case .deleteWorkspace(let workspaceId):
                try WorkspacesUseCases.deleteSome(of: workspaceId, &budget, in: tx)
            }
        }
    }
}

extension WorkspacesUseCases {
    /// Jobs that this part begins.
    var jobs: Jobs<InvitationsJob> {
        Jobs(rows: jobRows) { job, budget, tx in
            guard case .deleteWorkspace(let workspaceId) = job else {
                throw Fault.unexpected("a job that is not of workspaces")
            }
            return try Self.deleteSome(of: workspaceId, &budget, in: tx)
        }
    }

    static func deleteSome(
        of workspaceId: String, _ budget: inout RowBudget, in tx: Transaction
    ) throws -> Bool {
        budget.spend(
            try WorkspaceInvitationStore.deleteSome(
                to: workspaceId, limit: budget.left, in: tx))
        return !budget.isSpent
    }
}
