import Kernel
import SQLite

extension OrganizationsUseCases {
    /// Newest first.
    func listPublicStores(search: String?, _ page: PageRequest) throws -> Page<Organization> {
        try database.read { try OrganizationStore.publicStores(search: search, page, in: $0) }
    }
}
