import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    func updateWorkspace(
        _ id: String, _ update: WorkspaceUpdate, by caller: Caller
    ) -> PendingWrite<WorkspaceAccess, WorkspaceAccess> {
        change(.rename, in: id, by: caller) { [audit] tx, former in
            var access = former
            access.workspace = update.applied(to: former.workspace)
            try WorkspaceStore.externalIds.check(
                access.workspace.externalId, insteadOf: former.workspace.externalId, by: caller,
                in: tx)
            guard access != former else { return former }
            try WorkspaceStore.update(access.workspace, in: tx)
            try audit.record(
                .renamed(former.workspace, access.workspace), by: caller, in: tx)
            return access
        }
    }
}
