import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// The caller's or another user's, newest first. A suspended user has access to none.
    func listOrganizations(
        of userId: String? = nil, search: String?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<OrganizationStore.WithRole> {
        let subject = try caller.subject(named: userId)
        return try database.read { reader in
            guard try !SuspendedUsers.contains(subject, in: reader) else {
                return Page([], page, total: 0)
            }
            return try OrganizationStore.page(of: subject, search: search, page, in: reader)
        }
    }
}
