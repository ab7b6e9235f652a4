import Kernel
import SQLite

extension OrganizationsUseCases {
    /// The caller's, newest first.
    func listOrganizations(
        search: String?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<OrganizationStore.WithRole> {
        try database.read {
            try OrganizationStore.page(of: caller.userId, search: search, page, in: $0)
        }
    }
}
