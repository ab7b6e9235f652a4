import Contract
import GatewayClient
import Kernel
import SQLite
import WriteKit

/// What can be done with workspaces: one verb a file, each an extension of this.
///
/// All have one shape: who the users are is asked of the directory first; then one transaction
/// loads, asks `WorkspacePolicy`, saves, records what it did to whose access, and writes the mail
/// and the event that tell of it. Everything that a rule looks at is in this database, so it is
/// decided in that transaction.
struct WorkspacesUseCases: Sendable {
    let database: Database
    let ids: IDMinter
    let clock: any Clock
    let directory: any Directory
    let mails: WorkspaceMails
    /// Called when a mail or an event was written.
    let wrote: @Sendable () -> Void
    var quotas = InvitationQuotas()
    /// How many rows a transaction touches for what may touch any number.
    var jobRows = jobSliceRows

    var audit: AuditLog { AuditLog(ids: ids) }
    var teller: EventRecorder { EventRecorder(ids: ids) }

    /// The workspace as the caller sees it, if he may do `action` in it.
    static func admit(
        _ caller: Caller, to action: WorkspaceAction, in workspaceId: String,
        _ db: some Queryable
    ) throws -> WorkspaceAccess {
        let seen = try WorkspaceStore.find(workspaceId, of: caller.userId, in: db)
        try WorkspacePolicy.authorize(action, seen?.permissions)
        guard let seen else { throw Fault.notFound }
        return seen
    }

    typealias Admission<Found> = @Sendable (any Queryable) throws -> Found

    /// The admission of changes that `caller` can make who can do `action` in the workspace.
    func admission(
        of caller: Caller, to action: WorkspaceAction, in workspaceId: String
    ) -> Admission<WorkspaceAccess> {
        { db in
            // The caller can have been deleted since the request began.
            try Tombstone.check(caller, in: db)
            return try Self.admit(caller, to: action, in: workspaceId, db)
        }
    }

    /// A change of a workspace by a caller who can do `action` in it.
    func change<T: Sendable>(
        _ action: WorkspaceAction, in workspaceId: String, by caller: Caller,
        _ effect: @escaping @Sendable (Transaction, WorkspaceAccess) throws -> T
    ) -> PendingWrite<WorkspaceAccess, T> {
        PendingWrite(
            in: database, committed: wrote,
            admit: admission(of: caller, to: action, in: workspaceId), effect)
    }

    func profiles(_ ids: some Sequence<String>) async throws -> [String: UserProfile] {
        let ids = Set(ids)
        return ids.isEmpty ? [:] : try await directory.profiles(ids: ids.sorted())
    }

    func profile(_ userId: String) async throws -> UserProfile {
        try await profiles([userId])[userId] ?? .unknown(userId)
    }
}
