import Kernel
import SQLite

extension WorkspacesUseCases {
    func getWorkspace(_ id: String, by caller: Caller) throws -> WorkspaceAccess {
        try database.read { try Self.admit(caller, to: .see, in: id, $0) }
    }

    /// Newest first.
    func listWorkspaces(_ page: PageRequest, by caller: Caller) throws -> Page<WorkspaceAccess> {
        try database.read { try WorkspaceStore.page(of: caller.userId, page, in: $0) }
    }
}
