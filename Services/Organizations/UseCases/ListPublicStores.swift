import Kernel
import SQLite

extension OrganizationsUseCases {
    /// Those whose stores have something for everybody, newest first.
    func listPublicStores(search: String?, _ page: PageRequest) throws -> Page<Organization> {
        try database.read { try OrganizationStore.publicStores(search: search, page, in: $0) }
    }
}
