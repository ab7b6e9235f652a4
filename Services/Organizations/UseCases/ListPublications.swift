import Kernel
import SQLite

extension OrganizationsUseCases {
    /// Newest first; non-members see the public ones.
    func listPublications(
        of reference: String, type: String?, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Publication> {
        try read(.seeStore, on: reference, by: caller) { reader, organization, standing in
            let filter = PublicationFilter(
                type: type, onlyPublic: !OrganizationPolicy.seesAllPublications(standing))
            return try PublicationStore.page(of: organization.id, filter, page, in: reader)
        }
    }
}
