import Contract
import Kernel
import OrganizationsContract
import ServiceKit

/// The organizations context, over HTTP.
package struct StoresClient: Stores {
    let client: ServiceClient

    package init(client: ServiceClient) { self.client = client }

    package func isOpen(_ entityId: String, to userId: String) async throws -> Bool {
        let subject = StoreAccessQuery.Subject(userId: userId, entityIds: [entityId])
        let answer = try await client.call(
            OrganizationQueries.storeAccess, StoreAccessQuery(subjects: [subject]),
            as: StoreAccessReply.self)
        guard let grants = answer.subjects.first else {
            throw Fault.unexpected("organizations: no answer about the one subject")
        }
        return !grants.organizationStore.isEmpty || !grants.publicStore.isEmpty
    }
}
