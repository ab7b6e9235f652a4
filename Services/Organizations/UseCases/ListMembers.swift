import GatewayClient
import Kernel
import SQLite

extension OrganizationsUseCases {
    /// Newest first.
    func listMembers(
        of reference: String, _ page: PageRequest, by caller: Caller
    ) async throws -> Page<MemberWithUser> {
        let members = try read(.see, on: reference, by: caller) { reader, organization, _ in
            try MembershipStore.page(of: organization.id, page, in: reader)
        }
        let profiles = try await directory.profiles(of: members.items.map(\.userId))
        return members.map { $0.withUser(profiles) }
    }
}
