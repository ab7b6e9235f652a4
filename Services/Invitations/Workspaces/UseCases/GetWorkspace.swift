import Kernel
import SQLite
import WriteKit

extension WorkspacesUseCases {
    func getWorkspace(_ id: String, by caller: Caller) throws -> WorkspaceAccess {
        try database.read { try Self.admit(caller, to: .see, in: id, $0) }
    }

    /// The caller's or another user's, newest first. A suspended user has access to none.
    func listWorkspaces(
        of userId: String? = nil, _ page: PageRequest, by caller: Caller
    ) throws -> Page<WorkspaceAccess> {
        let subject = try caller.subject(named: userId)
        return try database.read { reader in
            guard try !SuspendedUsers.contains(subject, in: reader) else {
                return Page([], page, total: 0)
            }
            return try WorkspaceStore.page(of: subject, page, in: reader)
        }
    }
}
