import Contract
import Journal
import Kernel
import OrganizationsContract
import SQLite

extension OrganizationsUseCases {
    /// Its memberships, roles and store go with it; its entities hear of it.
    /// - Parameter expecting: nil if the caller demands nothing.
    func deleteOrganization(
        _ reference: String, by caller: Caller,
        expecting: Expectation<OrganizationDetails>? = nil
    ) async throws -> Change<Void> {
        let persons = expecting == nil ? [:] : try await personsShown(of: reference, by: caller)
        return change(.delete, on: reference, by: caller) { [self] tx, organization, standing in
            try expecting?(
                try details(of: organization, standing, persons, for: caller, in: tx))
            try close(organization, by: caller, in: tx)
        }
    }

    /// Ends an organization, whatever the reason.
    func close(_ organization: Organization, by actor: Caller, in tx: Transaction) throws {
        for publication in try PublicationStore.all(ofStore: organization.id, in: tx) {
            try audit.record(.removed(publication), by: actor, in: tx)
        }
        let members = try MembershipStore.first(.max, of: organization.id, in: tx)
        for member in members {
            try MembershipStore.delete(member.userId, in: organization.id, tx)
            try audit.record(.removed(member), by: actor, in: tx)
        }
        try OrganizationStore.delete(organization.id, in: tx)
        try audit.record(.deleted(organization), by: actor, in: tx)
        let fact = OrganizationDeleted(
            organizationId: organization.id, actor: EventActor(actor))
        try tell(OrganizationDeleted.type, fact, in: tx)
    }
}
