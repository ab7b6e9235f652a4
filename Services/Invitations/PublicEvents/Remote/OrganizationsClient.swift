import Contract
import OrganizationsContract
import ServiceKit

/// The organizations context, over HTTP.
package struct OrganizationsClient: Organizations {
    private let client: ServiceClient

    package init(client: ServiceClient) { self.client = client }

    package func isAdmin(_ userId: String, of organizationId: String) async throws -> Bool {
        let query = MembershipQuery(userId: userId, organizationId: organizationId)
        return try await client.call(
            OrganizationQueries.membership, query, as: MembershipReply.self
        ).isAdmin == true
    }

    package func ids(ofOrganizations externalIds: [String]) async throws -> [String: String] {
        try await client.ids(of: externalIds, by: OrganizationQueries.externalIds)
    }
}
