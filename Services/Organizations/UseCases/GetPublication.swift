import Kernel
import SQLite

extension OrganizationsUseCases {
    func getPublication(
        _ id: String, of reference: String, by caller: Caller
    ) throws -> Publication {
        try read(.seeStore, on: reference, by: caller) { reader, organization, standing in
            try Self.visiblePublication(id, of: organization, standing, in: reader)
        }
    }

    static func visiblePublication(
        _ id: String, of organization: Organization, _ standing: Standing,
        in db: some Queryable
    ) throws -> Publication {
        guard let found = try PublicationStore.find(id, of: organization.id, in: db),
            found.isPublic || OrganizationPolicy.seesAllPublications(standing)
        else { throw Fault.notFound }
        return found
    }
}
