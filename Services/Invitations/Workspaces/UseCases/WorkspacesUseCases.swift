import Contract
import GatewayClient
import Inviting
import Kernel
import PublicEvents
import SQLite
import WriteKit

/// The use cases of workspaces: one verb a file, each an extension.
///
/// All have one shape: first they query the directory for the users; then one transaction loads,
/// asks `WorkspacePolicy`, saves, and writes the audit entry, the e-mail and the event. All data
/// that a rule needs is in this database, so it is decided in that transaction.
package struct WorkspacesUseCases: UseCases {
    package let database: Database
    package let ids: IDMinter
    let clock: any Clock
    var directory: any Directory
    package let secrets: InvitationSecrets
    let outbox: InvitationOutbox
    let inviterQuota: InviterQuota
    /// Called when an e-mail or event was stored.
    package let wrote: @Sendable () -> Void
    var quota: Quota
    /// Gets no events.
    var silenced: String?
    /// How many rows one transaction of a job touches.
    let jobRows: Int

    package init(
        database: Database, ids: IDMinter, clock: any Clock, directory: any Directory,
        secrets: InvitationSecrets, outbox: InvitationOutbox, inviterQuota: InviterQuota,
        wrote: @escaping @Sendable () -> Void, quota: Quota = .workspaces,
        jobRows: Int = jobSliceRows
    ) {
        self.database = database
        self.ids = ids
        self.clock = clock
        self.directory = directory
        self.secrets = secrets
        self.outbox = outbox
        self.inviterQuota = inviterQuota
        self.wrote = wrote
        self.quota = quota
        self.jobRows = jobRows
    }

    /// Counts the open invitations to workspaces.
    package static let open: InviterQuota.Open = {
        try WorkspaceInvitationStore.open(by: $0, at: $1, in: $2)
    }

    var recorder: EventRecorder { EventRecorder(ids: ids, silenced: silenced) }

    package func publish(in tx: Transaction) throws { try recorder.takeOwn(in: tx) }

    /// The workspace as the caller sees it, if they can do `action` in it.
    static func admit(
        _ caller: Caller, to action: WorkspaceAction, in workspaceId: String,
        _ db: some Queryable
    ) throws -> WorkspaceAccess {
        let access = try WorkspaceStore.find(workspaceId, of: caller.userId, in: db)
        try WorkspacePolicy.authorize(action, access?.permissions)
        guard let access else { throw Fault.notFound }
        return access
    }

    /// The admission of changes that `caller` can make who can do `action` in the workspace.
    func admission(
        of caller: Caller, to action: WorkspaceAction, in workspaceId: String
    ) -> Admission<WorkspaceAccess> {
        { try Self.admit(caller, to: action, in: workspaceId, $0) }
    }

    /// A change of a workspace by a caller who can do `action` in it.
    func change<T: Sendable>(
        _ action: WorkspaceAction, in workspaceId: String, by caller: Caller,
        _ effect: @escaping @Sendable (Transaction, WorkspaceAccess) throws -> T
    ) -> PendingWrite<WorkspaceAccess, T> {
        write(by: caller, admit: admission(of: caller, to: action, in: workspaceId), effect)
    }

    func profile(_ userId: String) async throws -> UserProfile {
        try await directory.profile(of: userId) ?? .unknown(userId)
    }
}

extension Quota {
    /// Of one creator, whoever owns them.
    package static let workspaces = Quota(
        "workspaces", "workspaces created by one user", limit: 1_000,
        relief: "Delete some that you created")
}
