import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    func updateWorkspace(
        _ id: String, _ update: WorkspaceUpdate, by caller: Caller
    ) -> PendingWrite<WorkspaceAccess, WorkspaceAccess> {
        change(.rename, in: id, by: caller) { [audit] tx, former in
            var seen = former
            seen.workspace = update.applied(to: former.workspace)
            guard seen != former else { return former }
            try WorkspaceStore.update(seen.workspace, in: tx)
            try audit.record(
                .renamed(former.workspace, seen.workspace), by: caller, in: tx)
            return seen
        }
    }
}
